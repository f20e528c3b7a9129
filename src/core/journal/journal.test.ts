import { expect, test } from "bun:test";
import { createPairingNode } from "../../../test/support/pairing-node.ts";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryTickets } from "../../adapters/memory/tickets.ts";
import { systemRandom } from "../../adapters/system/random.ts";
import { createJournal, NOTE_MS } from "./journal.ts";
import { mentionsOfAddress, mentionsOfPlayers } from "../../ports/audit-names.ts";
import { notedListener } from "./noted-pairing.ts";
import { Waits } from "./waits.ts";

test("a journal tells what happened to one object, oldest first, and no more than is asked for", async () => {
  const clock = createVirtualClock(1_000);
  const journal = createJournal(clock);
  journal.note("hosts", "a", "registered", "eu");
  journal.note("hosts", "b", "registered");
  await clock.advance(5);
  journal.note("hosts", "a", "found");
  journal.note("rooms", "a", "occupied");
  expect(journal.of("hosts", "a", 9)).toEqual([
    { at: 1_000, what: "registered", detail: "eu" },
    { at: 1_005, what: "found", detail: null },
  ]);
  expect(journal.of("hosts", "a", 1)).toMatchObject([{ what: "found" }]);
  expect(journal.of("devices", "a", 9)).toEqual([]);
});

test("an object of a face is asked for, named and forgotten with that face before its id", () => {
  const journal = createJournal(createVirtualClock(1_000), () => "request");
  journal.note("hosts", "h", "registered", null, null, "host-pool");
  journal.note("hosts", "h", "registered", "player p", "p", "coordinator");
  journal.note("hosts", "h", "is no face's");
  expect(journal.of("hosts", "host-pool:h", 9)).toEqual([{ at: 1_000, what: "registered", detail: null }]);
  expect(journal.of("hosts", "coordinator:h", 9)).toMatchObject([{ detail: "player p" }]);
  expect(journal.of("hosts", "h", 9)).toMatchObject([{ what: "is no face's" }]);
  expect(journal.during("request", 9).map(({ id }) => id)).toEqual(["host-pool:h", "coordinator:h", "h"]);
  journal.forget({ whole: ["host-pool:h"], beginnings: [], details: [] });
  expect(journal.of("hosts", "host-pool:h", 9)).toEqual([]);
  expect(journal.of("hosts", "coordinator:h", 9)).toHaveLength(1);
});

test.each(["x".repeat(256), "\u{1f600}".repeat(256)])("whoever has the longest name is forgotten, too", (name) => {
  const journal = createJournal(createVirtualClock());
  journal.note("hosts", name, "registered", null, null, "coordinator");
  journal.note("hosts", `coordinator:${name}`, "maintenance on", "by an operator");
  journal.note("sessions", "s", "player joined", name, name);
  expect(journal.of("hosts", `coordinator:${name}`, 9)).toHaveLength(2);
  journal.forget(mentionsOfPlayers([name]));
  journal.note("hosts", name, "left", null, null, "coordinator");
  expect(journal.of("hosts", `coordinator:${name}`, 9)).toEqual([]);
  expect(journal.of("sessions", "s", 9)).toEqual([]);
});

test("it forgets the oldest of a kind and keeps the order of the rest", () => {
  const journal = createJournal(createVirtualClock());
  journal.note("rooms", "other kind", "stays");
  for (let n = 0; n < 5_000; n++) journal.note("hosts", n % 2 === 0 ? "even" : "odd", `${n}`);
  const kept = journal.of("hosts", "even", 5_000).map(({ what }) => Number(what));
  expect(kept).toHaveLength(1_000);
  expect(kept).toEqual(kept.toSorted((a, b) => a - b));
  expect(kept.at(-1)).toBe(4_998);
  expect(journal.of("rooms", "other kind", 9)).toHaveLength(1);
});

test("a note goes at its age, whether anybody looks or not", async () => {
  const clock = createVirtualClock(1_000);
  const journal = createJournal(clock, () => "request");
  journal.note("hosts", "a", "registered");
  await clock.advance(NOTE_MS - 1);
  journal.note("hosts", "a", "found");
  expect(journal.of("hosts", "a", 9)).toHaveLength(2);
  await clock.advance(1);
  expect(journal.of("hosts", "a", 9)).toMatchObject([{ what: "found" }]);
  journal.sweep();
  await clock.advance(NOTE_MS);
  expect(journal.during("request", 9)).toEqual([]);
});

test("what names somebody who is forgotten goes, by its id or by its detail, and nothing of those called alike", () => {
  const journal = createJournal(createVirtualClock());
  journal.note("devices", "a@x/phone", "registered");
  journal.note("devices", "ba@x/phone", "registered");
  journal.note("tickets", "arena:1", "joined", "FOX#1", "FOX#1");
  journal.note("tickets", "arena:1", "cancelled");
  journal.note("tickets", "arena:2", "joined", "FOX#11", "FOX#11");
  journal.note("hosts", "coordinator:h", "registered", "player p", "p");
  journal.forget(mentionsOfAddress("a@x"));
  journal.forget(mentionsOfPlayers(["FOX#1", "p", "h"]));
  expect(journal.of("devices", "a@x/phone", 9)).toEqual([]);
  expect(journal.of("devices", "ba@x/phone", 9)).toHaveLength(1);
  expect(journal.of("tickets", "arena:1", 9)).toMatchObject([{ what: "cancelled" }]);
  expect(journal.of("tickets", "arena:2", 9)).toHaveLength(1);
  expect(journal.of("hosts", "coordinator:h", 9)).toEqual([]);
});

test("what ends because somebody was forgotten is not noted, and whoever comes later under that name is", async () => {
  const clock = createVirtualClock();
  const journal = createJournal(clock);
  journal.forget(mentionsOfAddress("a@x"));
  journal.note("devices", "a@x/phone", "left");
  journal.note("devices", "ba@x/phone", "left");
  expect(journal.of("devices", "a@x/phone", 9)).toEqual([]);
  expect(journal.of("devices", "ba@x/phone", 9)).toHaveLength(1);
  await clock.advance(60_000);
  journal.note("devices", "a@x/phone", "registered");
  expect(journal.of("devices", "a@x/phone", 9)).toMatchObject([{ what: "registered" }]);
});

test("notes go on in their order after some were dropped, when there are as many as there may be", () => {
  const journal = createJournal(createVirtualClock());
  for (let n = 0; n < 3_000; n++) journal.note("hosts", n % 2 === 0 ? "even" : "odd", `${n}`);
  journal.forget(mentionsOfPlayers(["odd"]));
  for (let n = 3_000; n < 3_500; n++) journal.note("hosts", "even", `${n}`);
  const kept = journal.of("hosts", "even", 5_000).map(({ what }) => Number(what));
  expect(kept).toHaveLength(1_500);
  expect(kept).toEqual(kept.toSorted((a, b) => a - b));
  expect([kept[0], kept.at(-1)]).toEqual([1_000, 3_499]);
});

test("waits count for a quarter of an hour", async () => {
  const clock = createVirtualClock();
  const waits = new Waits(clock);
  waits.matched(100);
  waits.formed();
  waits.expired();
  await clock.advance(14 * 60_000);
  waits.matched(300);
  expect(waits.read()).toEqual({ waits: [100, 300], formed: 1, expired: 1 });
  await clock.advance(60_000);
  expect(waits.read()).toEqual({ waits: [300], formed: 0, expired: 0 });
});

test("who leaves while the store still looks for a place has given up, and is not remembered", async () => {
  const clock = createVirtualClock();
  const inStore = createMemoryTickets({ clock, random: systemRandom });
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const tickets: typeof inStore = {
    ...inStore,
    place: (ticket) => answered.then(() => inStore.place(ticket)),
  };
  const waits = new Waits(clock);
  const nothing = (): void => undefined;
  const listener = { waiting: nothing, matched: nothing, relayed: nothing, parted: nothing };
  const noted = notedListener(
    { ...listener, overwhelmed: nothing, failed: nothing },
    { queue: "chat", journal: createJournal(clock), waitsOf: (side) => (side === "one" ? waits : null) },
  );
  const { pairing } = createPairingNode({ clock, tickets, listener: noted });
  const joined = pairing.join("a", { side: "one", seeks: "other", attributes: null });
  noted.gone("a");
  const left = pairing.leave("a");
  answer();
  await Promise.all([joined, left]);
  expect(waits.read()).toEqual({ waits: [], formed: 0, expired: 1 });
});
