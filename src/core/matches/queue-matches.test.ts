import { beforeEach, expect, test } from "bun:test";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import { aContender } from "../../../test/support/examples.ts";
import { createMemoryPresences } from "../../adapters/memory/presences.ts";
import type { MatchRecord, MatchStatus } from "../../ports/match-records.ts";
import type { Place } from "../../ports/queue-records.ts";
import type { Presences } from "../../ports/presences.ts";
import { createEntitlements, type Entitlements } from "../credentials/entitlements.ts";
import { Opponents } from "../credentials/opponents.ts";
import { QueueMatches } from "./queue-matches.ts";

interface Node {
  readonly matches: QueueMatches;
  readonly entitlements: Entitlements;
  readonly opponents: Opponents;
}

const MINUTE = 60_000;

let clock: VirtualClock;
let isAway: boolean;
let isSilent: boolean;
let failures: unknown[];
let one: Node;
let other: Node;

beforeEach(() => {
  clock = createVirtualClock();
  isAway = false;
  isSilent = false;
  failures = [];
  const store = (): Presences => {
    const memory = createMemoryPresences(clock);
    return {
      ...memory,
      enter: async (...args) => {
        if (isAway) throw new Error("away");
        if (isSilent) await new Promise(() => undefined);
        return memory.enter(...args);
      },
    };
  };
  const [acting, matched] = [store(), store()];
  const node = (name: string): Node => {
    const failed = (error: unknown): void => void failures.push(error);
    const opponents = new Opponents({ presences: acting, clock, node: name, failed });
    const entitlements = createEntitlements({
      ...{ presences: matched, clock, node: name, failed },
      isMet: (provisos, subject) => opponents.isMet(provisos, subject),
    });
    return { matches: new QueueMatches({ entitlements, opponents, clock }), entitlements, opponents };
  };
  [one, other] = [node("one"), node("other")];
});

/** An entry that waits. */
const waits = (queueId: string): Place => ({
  entry: { ...aContender(queueId), queueId, status: "waiting", matchId: null, position: 1 },
  match: null,
});

/** The place of either entry once they have met. */
function meet(p1: string, p2: string, status: MatchStatus = "playing"): [Place, Place] {
  const player = (queueId: string) => ({ ...aContender(queueId), queueId, report: null });
  const match: MatchRecord = {
    ...{ id: "m", status, p1: player(p1), p2: player(p2) },
    ...{ result: null, wager: null, createdAt: 0, activeAt: 0 },
  };
  const place = (queueId: string): Place => ({
    entry: { ...aContender(queueId), queueId, status: "matched", matchId: "m", position: null },
    match,
  });
  return [place(p1), place(p2)];
}

const player = (subject: string | null) => ({ subject, may: (scope: string) => scope === "client" });
const operator = { subject: "root", may: () => true };

/** Who of these is matched, as either node sees it. */
async function matched(...subjects: string[]): Promise<readonly string[]> {
  const seen = await Promise.all(
    [one, other].map(async ({ entitlements }) => {
      const are = await Promise.all(subjects.map((subject) => entitlements.has(subject)));
      return subjects.filter((_, at) => are[at]);
    }),
  );
  expect(seen[1]).toEqual(seen[0]);
  return seen[0]!;
}

test("both players are matched once they are told, on whichever node", async () => {
  const [first, second] = meet("a", "b");
  await one.matches.joined(player("ann"), waits("a"));
  expect(await matched("ann", "ben")).toEqual([]);
  await other.matches.joined(player("ben"), second);
  expect(await matched("ann", "ben")).toEqual(["ben"]);
  await one.matches.told(player("ann"), first);
  expect(await matched("ann", "ben")).toEqual(["ann", "ben"]);
});

test("whoever is told first is matched as soon as it is known who the other side is", async () => {
  const [first, second] = meet("a", "b");
  await one.matches.told(player("ann"), first);
  expect(await matched("ann", "ben")).toEqual([]);
  await other.matches.told(player("ben"), second);
  expect(await matched("ann", "ben")).toEqual(["ann", "ben"]);
});

test("one subject is not matched with itself, whichever tokens it joins and asks with", async () => {
  const [first, second] = meet("a", "b");
  await one.matches.joined(player("solo"), waits("a"));
  await other.matches.joined(player("solo"), second);
  await one.matches.told(player("solo"), first);
  await other.matches.told(player("solo"), second);
  expect(await matched("solo")).toEqual([]);
});

test("one that asks after the entry of another as well is matched with that one", async () => {
  const [first, second] = meet("a", "b");
  await one.matches.joined(player("ann"), waits("a"));
  await other.matches.joined(player("ben"), second);
  await other.matches.told(player("ben"), first);
  expect(await matched("ben")).toEqual(["ben"]);
});

test("an operator who looks at an entry is nobody's opponent, one who joins is", async () => {
  const [first, second] = meet("a", "b");
  await one.matches.joined(player("solo"), waits("a"));
  await one.matches.joined(player("solo"), second);
  await one.matches.told(operator, first);
  await one.matches.told(operator, second);
  expect(await matched("solo", "root")).toEqual([]);
  await one.matches.joined(operator, waits("c"));
  const [, other] = meet("c", "d");
  await one.matches.joined(player("ann"), other);
  expect(await matched("ann")).toEqual(["ann"]);
});

test("a match counts for ten minutes after one was told of it while it plays", async () => {
  const [first, second] = meet("a", "b");
  await one.matches.joined(player("ann"), waits("a"));
  await other.matches.joined(player("ben"), second);
  await clock.advance(9 * MINUTE);
  await one.matches.told(player("ann"), first);
  expect(await matched("ann", "ben")).toEqual(["ann", "ben"]);
  await clock.advance(5 * MINUTE);
  expect(await matched("ann", "ben")).toEqual(["ann"]);
  await clock.advance(15 * MINUTE);
  // Its opponent has had nothing to ask for since.
  await one.matches.told(player("ann"), first);
  expect(await matched("ann", "ben")).toEqual(["ann"]);
  await clock.advance(11 * MINUTE);
  await one.matches.told(player("ann"), meet("a", "b", "completed")[0]);
  expect(await matched("ann", "ben")).toEqual([]);
});

test("what a store that was away could not be told is told when it is back", async () => {
  const [first, second] = meet("a", "b");
  isAway = true;
  await one.matches.joined(player("ann"), waits("a"));
  await other.matches.joined(player("ben"), second);
  expect(await matched("ann", "ben")).toEqual([]);
  isAway = false;
  await clock.advance(20_000);
  expect(await matched("ann", "ben")).toEqual(["ben"]);
  await one.matches.told(player("ann"), first);
  expect(await matched("ann", "ben")).toEqual(["ann", "ben"]);
  expect(failures.length).toBeGreaterThan(0);
});

test("who acts for an entry that waits is known for a minute after it last asked", async () => {
  const [, second] = meet("a", "b");
  await one.matches.joined(player("ann"), waits("a"));
  await clock.advance(MINUTE);
  await one.matches.told(player("ann"), waits("a"));
  await clock.advance(MINUTE);
  await other.matches.joined(player("ben"), second);
  expect(await matched("ben")).toEqual(["ben"]);
  await clock.advance(MINUTE);
  expect(await matched("ben")).toEqual([]);
});

test("a store that is silent holds an answer up no longer than a quarter of a second", async () => {
  const [first] = meet("a", "b");
  isSilent = true;
  let isAnswered = false;
  const answered = one.matches.told(player("ann"), first)!.then(() => (isAnswered = true));
  await clock.advance(249);
  expect(isAnswered).toBe(false);
  await clock.advance(1);
  await answered;
});

test("where there is nothing to wait for, nobody does", () => {
  const [first] = meet("a", "b");
  expect(one.matches.joined(player(null), first)).toBeUndefined();
  expect(one.matches.joined(player("ann"), waits("a"))).toBeUndefined();
});

test("subjects of any form are told apart", async () => {
  const subjects = ['"', "a\nb", "a\\nb", "a"];
  for (const [at, subject] of subjects.entries()) {
    await one.matches.joined(player(subject), waits(`${at}`));
    await one.matches.joined(player(subject), meet(`${at}`, `${at}'`)[1]);
  }
  expect(await matched(...subjects)).toEqual([]);
});

test("whoever was not asked who it is counts for nobody", async () => {
  const open = new QueueMatches({ entitlements: one.entitlements, opponents: null, clock });
  const [first, second] = meet("a", "b");
  await one.matches.joined(player(null), waits("a"));
  await one.matches.told(player(null), first);
  await open.joined(player("ann"), second);
  await one.matches.joined(player("ben"), second);
  expect(await matched("ann", "ben")).toEqual([]);
  expect(failures).toEqual([]);
});
