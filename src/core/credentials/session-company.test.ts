import { beforeEach, expect, test } from "bun:test";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryPresences } from "../../adapters/memory/presences.ts";
import type { Presences } from "../../ports/presences.ts";
import { SessionMatches } from "../sessions/session-matches.ts";
import type { Seat } from "../sessions/seat.ts";
import { createEntitlements } from "./entitlements.ts";
import { SessionCompany } from "./session-company.ts";

let clock: VirtualClock;
let isAway: boolean;
let failures: unknown[];
let one: SessionMatches;
let other: SessionMatches;
/** Who of these is matched, as the other node sees it. */
let matched: (...subjects: string[]) => Promise<readonly string[]>;

const HOST: Seat = { host: "h", session: "s", peer: "h", part: "host" };
const PLAYER: Seat = { host: "h", session: "s", peer: "p", part: "player" };
const MINUTE = 60_000;

beforeEach(() => {
  clock = createVirtualClock();
  isAway = false;
  failures = [];
  const store = (): Presences => {
    const memory = createMemoryPresences(clock);
    return {
      ...memory,
      enter: async (...args) => {
        if (isAway) throw new Error("away");
        return memory.enter(...args);
      },
    };
  };
  const [companies, marks] = [store(), store()];
  const node = (name: string) => {
    const failed = (error: unknown): void => void failures.push(error);
    const company = new SessionCompany({ presences: companies, clock, node: name, failed });
    const entitlements = createEntitlements({
      ...{ presences: marks, clock, node: name, failed },
      isMet: (provisos, subject) => company.isMet(provisos, subject),
    });
    return { entitlements, matches: new SessionMatches({ entitlements, company, silenceMs: MINUTE, failed }) };
  };
  const [first, second] = [node("one"), node("other")];
  [one, other] = [first.matches, second.matches];
  matched = async (...subjects) => {
    const are = await Promise.all(subjects.map((subject) => second.entitlements.has(subject)));
    return subjects.filter((_, at) => are[at]);
  };
});

test("a host and a player of another subject are matched, in whatever order they come", async () => {
  one.ran("rack", "h");
  expect(await matched("rack")).toEqual([]);
  await other.joined("alice", PLAYER);
  expect(await matched("rack", "alice")).toEqual(["rack", "alice"]);
  await other.joined("bob", { host: "g", session: "t", peer: "b" });
  expect(await matched("bob")).toEqual([]);
  one.ran("other rack", "g");
  await clock.advance(0);
  expect(await matched("bob", "other rack")).toEqual(["bob", "other rack"]);
});

test("nobody is matched with itself, nor one player with another", async () => {
  await one.acted("rack", HOST);
  await one.joined("rack", PLAYER);
  expect(await matched("rack")).toEqual([]);
  await one.joined("alice", { host: "g", session: "t", peer: "a" });
  await one.joined("bob", { host: "g", session: "t", peer: "b" });
  expect(await matched("alice", "bob")).toEqual([]);
});

test("a player who is removed is matched no more, and matched again when it comes back on another node", async () => {
  one.ran("rack", "h");
  await one.joined("alice", PLAYER);
  await other.left({ host: "h", session: "s", peer: "somebody else" });
  await other.left({ host: "h", session: "another" });
  expect(await matched("rack", "alice")).toEqual(["rack", "alice"]);
  await other.left(PLAYER);
  expect(await matched("rack", "alice")).toEqual([]);
  await one.joined("alice", PLAYER);
  expect(await matched("rack", "alice")).toEqual(["rack", "alice"]);
  await other.left({ host: "h", session: "s" });
  expect(await matched("rack", "alice")).toEqual([]);
});

test("a player counts for ten minutes or as long as it listens, its host for as long as the player is there", async () => {
  await one.joined("alice", PLAYER);
  const release = one.listens("alice", PLAYER);
  for (let minute = 0; minute < 30; minute++) {
    one.ran("rack", "h");
    await clock.advance(MINUTE);
  }
  expect(await matched("rack", "alice")).toEqual(["rack", "alice"]);
  release();
  await clock.advance(0);
  expect(await matched("rack", "alice")).toEqual(["rack"]);
  await one.acted("alice", PLAYER);
  expect(await matched("rack", "alice")).toEqual(["rack", "alice"]);
});

test("what a store that was away could not be told is told when it is back", async () => {
  isAway = true;
  one.ran("rack", "h");
  await one.joined("alice", PLAYER);
  expect(await matched("rack", "alice")).toEqual([]);
  isAway = false;
  await clock.advance(20_000);
  expect(await matched("rack", "alice")).toEqual(["rack", "alice"]);
  expect(failures.length).toBeGreaterThan(0);
});

test("whoever was not asked who it is counts for nobody", async () => {
  one.ran(null, "h");
  await one.joined(null, PLAYER);
  one.listens(null, HOST)();
  expect(failures).toEqual([]);
});
