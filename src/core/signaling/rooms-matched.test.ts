import { beforeEach, describe, expect, test } from "bun:test";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import type { PeerLink } from "./peer-link.ts";
import { createRooms, type Rooms } from "./rooms.ts";

let clock: VirtualClock;
let rooms: Rooms;
/** Who counts as matched, once for each seat. */
let matched: string[];
let heard: unknown[][];

beforeEach(() => {
  clock = createVirtualClock();
  matched = [];
  heard = [];
  let ids = 0;
  rooms = createRooms({
    clock,
    random: { uuid: () => `p${++ids}`, token: () => `t${ids}`, unit: () => 0 },
    capacity: 3,
    resumeMs: 30_000,
    iceServersFor: (peerId, isMatched) => [{ urls: isMatched ? `turn:${peerId}` : "stun:" }],
    onOccupancy: () => undefined,
    matched(subject) {
      matched.push(subject);
      return () => void matched.splice(matched.indexOf(subject), 1);
    },
  });
});

/** A peer's link: its first words, and the ICE servers that came with the arrival of others. */
function enter(subject: string | undefined, resume?: string) {
  const words: unknown[] = [];
  heard.push(words);
  const link: PeerLink = {
    welcome: ({ iceServers }) => void words.push(iceServers[0]?.urls),
    resumed: (recovered) => void words.push(recovered),
    deliver: (notice) => (
      words.push(notice.type === "joined" ? (notice.iceServers?.[0]?.urls ?? null) : notice.type),
      true
    ),
    end: () => undefined,
  };
  const peer = rooms.enter({ roomId: "r", ...(subject === undefined ? {} : { subject }), resume }, link);
  return { peer, words };
}

describe("peers whose tokens say who they are", () => {
  test("are matched when somebody else is there; the first gets its servers then, and once", () => {
    const alice = enter("alice");
    expect(matched).toEqual([]);
    const bob = enter("bob");
    const carol = enter("carol");
    expect([alice.words, bob.words, carol.words]).toEqual([["stun:", "turn:p1", null], ["turn:p2", null], ["turn:p3"]]);
    expect(matched).toEqual(["alice", "bob", "carol"]);
  });

  test("are matched no more when the others have left, or the room goes on elsewhere", async () => {
    enter("alice");
    const bob = enter("bob");
    bob.peer.disconnected("lost");
    expect(matched).toEqual(["alice", "bob"]);
    await clock.advance(30_000);
    expect(matched).toEqual([]);
    enter("carol");
    expect(matched.toSorted()).toEqual(["alice", "carol"]);
    rooms.end("r", "moved");
    expect(matched).toEqual([]);
  });

  test("are not matched with themselves", () => {
    const [first, second] = [enter("alice"), enter("alice")];
    expect([first.words, second.words, matched]).toEqual([["stun:", null], ["stun:"], []]);
    const bob = enter("bob");
    expect([first.words.at(-1), second.words.at(-1), bob.words]).toEqual(["turn:p1", "turn:p2", ["turn:p3"]]);
    expect(matched.toSorted()).toEqual(["alice", "alice", "bob"]);
  });

  test("come back to their own seat, and to nobody else's", () => {
    const { peer } = enter("alice");
    peer.disconnected("lost");
    expect(enter("eve", "t1").words).toEqual([false, "turn:p2"]);
    expect(enter("alice", "t1").words[0]).toBe(true);
  });
});

test("peers whom nobody asked are given all servers at once, and nobody counts them", () => {
  const [first, second] = [enter(undefined), enter(undefined)];
  expect([first.words, second.words, matched]).toEqual([["turn:p1", null], ["turn:p2"], []]);
});
