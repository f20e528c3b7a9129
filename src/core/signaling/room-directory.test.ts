// One file, because each part breaks the same three nodes in another place, and what stands beside shows what is missing.
import { beforeEach, describe, expect, test } from "bun:test";
import { startRoomNodes, type RoomNodes } from "../../../test/support/room-nodes.ts";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import type { DomainError } from "../errors/errors.ts";
import type { PeerLink } from "./peer-link.ts";
import type { Peer } from "./rooms.ts";

const RESUME_MS = 30_000;

let clock: VirtualClock;
let cluster: RoomNodes;
let occupancies: string[];
let moved: string[];

beforeEach(() => start(3));

async function start(count: number): Promise<void> {
  clock = createVirtualClock();
  occupancies = [];
  moved = [];
  cluster = await startRoomNodes({
    clock,
    count,
    capacity: 2,
    resumeMs: RESUME_MS,
    onOccupancy: (room, peers, node) => void occupancies.push(`${node}: ${room}=${peers}`),
    onMoved: (room, node) => void moved.push(`${node}: ${room}`),
  });
  // Everybody has seen everybody.
  await clock.advance(2_000);
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await clock.advance(0);
}

interface Guest {
  readonly peer: () => Peer;
  readonly heard: string[];
  token: string;
  newest: number;
  say(payload: string): Promise<void>;
}

/** Does not wait until it is seated. */
function knock(at: number, entry: { resume?: string; received?: number; roomId?: string } = {}) {
  let peer: Peer | null = null;
  const heard: string[] = [];
  const guest: Guest = {
    heard,
    peer: () => peer!,
    token: "",
    newest: 0,
    async say(payload) {
      peer!.send({ farewell: false, payload });
      await settled();
    },
  };
  const link: PeerLink = {
    welcome(told) {
      guest.token = told.resumeToken;
      heard.push(`welcome ${told.peerId} [${told.peers.join()}]`);
    },
    resumed: (recovered) => void heard.push(`resumed ${recovered}`),
    deliver(notice, number) {
      heard.push(
        notice.type === "signal"
          ? notice.payload
          : notice.type === "refused"
            ? notice.code
            : `${notice.type} ${notice.peerId}`,
      );
      guest.newest = number;
      return true;
    },
    // As a socket does: closing it comes back at once, or a little later.
    end(why) {
      heard.push(why);
      peer?.disconnected("lost");
    },
  };
  const entering = cluster.nodes[at]!.rooms.enter({ roomId: "room", ...entry }, link).then(
    (seated) => void (peer = seated),
    (error: DomainError) => void heard.push(error.code),
  );
  return { guest, entering };
}

async function enter(at: number, entry: { resume?: string; received?: number; roomId?: string } = {}): Promise<Guest> {
  const { guest } = knock(at, entry);
  await settled();
  return guest;
}

const lastOf = (guest: Guest): string | undefined => guest.heard.at(-1);

describe("a room's home", () => {
  test("is the node where its first peer is connected, and again another's when it has emptied", async () => {
    const first = await enter(1);
    expect(await cluster.homes.find("room")).toBe("n1");
    expect(occupancies).toEqual(["n1: room=1"]);
    first.peer().disconnected("closed");
    await clock.advance(2_000);
    expect(await cluster.homes.find("room")).toBeNull();
    await enter(2);
    expect(await cluster.homes.find("room")).toBe("n2");
  });

  test("is renewed for as long as the room stands", async () => {
    await enter(1);
    await clock.advance(120_000);
    expect(await cluster.homes.find("room")).toBe("n1");
    expect(lastOf(await enter(0))).toBe("welcome p2 [p1]");
  });

  test("is one, however many enter at once over all nodes", async () => {
    const all = [0, 1, 2, 0, 1, 2].map((at) => knock(at).guest);
    await settled();
    await clock.advance(1_000);
    expect(all.filter((one) => lastOf(one) === "room_full")).toHaveLength(4);
    expect(occupancies.map((one) => one.split(":")[0]).every((node, _, [first]) => node === first)).toBe(true);
  });

  test("is only asked again when somebody leaves and enters at the same moment", async () => {
    for (let round = 0; round < 20; round++) {
      const one = await enter(round % 3);
      one.peer().send({ farewell: true, payload: "bye" });
      one.peer().disconnected("closed");
      const next = await enter((round + 1) % 3);
      expect(lastOf(next)).toStartWith("welcome");
      next.peer().send({ farewell: true, payload: "bye" });
      next.peer().disconnected("closed");
      await settled();
    }
    expect(await cluster.homes.find("room")).toBeNull();
  });
});

describe("a home that dies", () => {
  test("ends the connections of its rooms at the other nodes, and they find each other again elsewhere", async () => {
    await enter(0);
    const left = await enter(1);
    cluster.nodes[0]!.kill();
    await clock.advance(10_000);
    expect(lastOf(left)).toBe("moved");
    const back = await enter(1, { resume: left.token, received: left.newest });
    expect(back.heard).toEqual(["resumed false", "welcome p3 []"]);
    expect(await cluster.homes.find("room")).toBe("n1");
    expect(lastOf(await enter(2))).toBe("welcome p4 [p3]");
  });

  test("ends the connection of whoever sends something to it, at once", async () => {
    await enter(0);
    const left = await enter(1);
    cluster.nodes[0]!.kill();
    await left.say("offer");
    expect(lastOf(left)).toBe("moved");
  });

  test("keeps a peer that enters waiting until its death is known, and no longer", async () => {
    await enter(0);
    cluster.nodes[0]!.kill();
    const { guest } = knock(1);
    await clock.advance(10_000);
    expect(guest.heard).toEqual(["welcome p2 []"]);
  });
});

describe("a home that stands still", () => {
  test("for a moment is waited for, and nothing is lost", async () => {
    const [a, b] = [await enter(0), await enter(1)];
    cluster.nodes[0]!.stop();
    await b.say("one");
    await clock.advance(3_000);
    cluster.nodes[0]!.wake();
    await settled();
    expect([a.heard.at(-1), lastOf(b)]).toEqual(["one", "welcome p2 [p1]"]);
  });

  test("for long loses its rooms, and ends them when it wakes before anybody hears anything in them", async () => {
    const [a, b] = [await enter(0), await enter(1)];
    cluster.nodes[0]!.stop();
    await clock.advance(20_000);
    expect(lastOf(b)).toBe("moved");
    const back = await enter(1, { resume: b.token, received: b.newest });
    expect(back.heard).toEqual(["resumed false", "welcome p3 []"]);
    await clock.advance(20_000);
    // The first that happens on waking is that its own peer says something.
    a.peer().send({ farewell: false, payload: "offer" });
    cluster.nodes[0]!.wake();
    await settled();
    expect(a.heard).toEqual(["welcome p1 []", "joined p2", "moved"]);
    expect(moved).toEqual(["n0: room"]);
    expect(occupancies.filter((one) => one.startsWith("n0"))).toEqual(["n0: room=1", "n0: room=2"]);
    const again = await enter(0, { resume: a.token });
    expect(again.heard).toEqual(["resumed false", "welcome p4 [p3]"]);
    expect(lastOf(back)).toBe("joined p4");
  });

  test("passes nothing on between its own peers either, before it knows that the room is still its own", async () => {
    const [a, b] = [await enter(0), await enter(0)];
    cluster.nodes[0]!.stop();
    await clock.advance(15_000);
    expect(lastOf(await enter(1))).toBe("welcome p3 []");
    cluster.nodes[0]!.does(() => a.peer().send({ farewell: false, payload: "offer" }));
    cluster.nodes[0]!.wake();
    await settled();
    expect([lastOf(a), lastOf(b)]).toEqual(["moved", "moved"]);
    expect(b.heard).not.toContain("offer");
  });

  test("ends a room at once that is taken over while it wakes", async () => {
    const a = await enter(0);
    cluster.nodes[0]!.stop();
    await clock.advance(12_000);
    cluster.nodes[0]!.wake();
    await settled();
    expect(a.heard).toEqual(["welcome p1 []"]);
    // The other node does not know yet that it is back.
    expect(lastOf(await enter(1))).toBe("welcome p2 []");
    expect(lastOf(a)).toBe("moved");
  });

  test("keeps its rooms if nobody has wanted them meanwhile", async () => {
    await start(1);
    const [a, b] = [await enter(0), await enter(0)];
    cluster.nodes[0]!.stop();
    await clock.advance(600_000);
    cluster.nodes[0]!.wake();
    await a.say("one");
    expect(b.heard.at(-1)).toBe("one");
  });

  test("does not answer, and is not dead yet: the peer is told to try again later", async () => {
    await enter(0);
    cluster.nodes[0]!.stop();
    // Its lease is prolonged by somebody: it only does not answer.
    const { guest } = knock(1);
    for (let second = 0; second < 20; second++) {
      cluster.beatFor("n0");
      await clock.advance(1_000);
    }
    expect(guest.heard).toEqual(["room_unreachable"]);
  });
});

describe("a gateway that dies", () => {
  test("leaves seats that their peers can come back to over any node, with everything they missed", async () => {
    const [a, b] = [await enter(0), await enter(1)];
    b.peer().confirm(b.newest);
    await a.say("one");
    cluster.nodes[1]!.kill();
    await a.say("two");
    await clock.advance(10_000);
    await a.say("three");
    const back = await enter(2, { resume: b.token, received: 0 });
    expect(back.heard).toEqual(["resumed true", "one", "two", "three"]);
    expect(a.heard).toEqual(["welcome p1 []", "joined p2"]);
  });

  test("is noticed, and its peers have left when their time is over", async () => {
    const a = await enter(0);
    await enter(1);
    cluster.nodes[1]!.kill();
    await clock.advance(10_000 + RESUME_MS);
    expect(lastOf(a)).toBe("left p2");
  });

  test("lets a newcomer in once the seat is free", async () => {
    await enter(0);
    await enter(1);
    cluster.nodes[1]!.kill();
    await clock.advance(10_000);
    expect(lastOf(await enter(2))).toBe("room_full");
    await clock.advance(RESUME_MS);
    expect(lastOf(await enter(2))).toBe("welcome p3 [p1]");
  });
});

describe("a gateway that stands still", () => {
  test("ends its connections when it wakes, also those over which nothing comes", async () => {
    const [a, b] = [await enter(0), await enter(1)];
    cluster.nodes[1]!.stop();
    await a.say("one");
    await clock.advance(40_000);
    expect(lastOf(a)).toBe("left p2");
    cluster.nodes[1]!.wake();
    await clock.advance(5_000);
    expect(lastOf(b)).toBe("moved");
  });

  test("ends them also if it has heard nothing of what it was told meanwhile", async () => {
    const [a, b] = [await enter(0), await enter(1)];
    cluster.nodes[1]!.stop(true);
    await clock.advance(300_000);
    expect(lastOf(a)).toBe("left p2");
    cluster.nodes[1]!.wake();
    await clock.advance(5_000);
    expect(lastOf(b)).toBe("moved");
  });

  test("does not keep the peer from coming back over another node", async () => {
    const [a, b] = [await enter(0), await enter(1)];
    cluster.nodes[1]!.stop();
    await a.say("one");
    await clock.advance(5_000);
    const back = await enter(2, { resume: b.token, received: 0 });
    expect(back.heard).toEqual(["resumed true", "one"]);
    cluster.nodes[1]!.wake();
    await clock.advance(5_000);
    expect(lastOf(b)).toBe("moved");
    await a.say("two");
    expect(back.heard.at(-1)).toBe("two");
    expect(a.heard).not.toContain("left p2");
  });
});

describe("a store that is away", () => {
  test("leaves rooms alone whose peers are all at their home", async () => {
    const [a, b] = [await enter(0), await enter(0)];
    cluster.setStore(false);
    await clock.advance(120_000);
    await a.say("one");
    expect(b.heard.at(-1)).toBe("one");
    cluster.setStore(true);
    await clock.advance(5_000);
    await a.say("two");
    expect(b.heard.at(-1)).toBe("two");
    expect(await cluster.homes.find("room")).toBe("n0");
  });

  test("ends the connection over which something cannot be passed on, and never loses it in silence", async () => {
    const [a, b] = [await enter(0), await enter(1)];
    cluster.setStore(false);
    await b.say("one");
    expect([lastOf(a), lastOf(b)]).toEqual(["joined p2", "moved"]);
    cluster.setStore(true);
    await clock.advance(2_000);
    const back = await enter(2, { resume: b.token, received: b.newest });
    expect(back.heard).toEqual(["resumed true"]);
  });

  test("keeps what it could not pass on for the peer that comes back", async () => {
    const [a, b] = [await enter(0), await enter(1)];
    cluster.setStore(false);
    await a.say("one");
    cluster.setStore(true);
    await clock.advance(3_000);
    expect(lastOf(b)).toBe("moved");
    expect((await enter(1, { resume: b.token, received: 0 })).heard).toEqual(["resumed true", "one"]);
  });

  test("leaves connections alone over which nothing came meanwhile", async () => {
    const [a, b] = [await enter(0), await enter(1)];
    cluster.setStore(false);
    await clock.advance(5_000);
    cluster.setStore(true);
    await clock.advance(5_000);
    await a.say("one");
    expect(b.heard.at(-1)).toBe("one");
  });

  test("lets peers enter where they are; of two homes one ends when it is back", async () => {
    cluster.setStore(false);
    const [a, b] = [await enter(0), await enter(1)];
    expect([lastOf(a), lastOf(b)]).toEqual(["welcome p1 []", "welcome p2 []"]);
    cluster.setStore(true);
    await clock.advance(5_000);
    expect([lastOf(a), lastOf(b)]).toEqual(["welcome p1 []", "moved"]);
    expect(moved).toEqual(["n1: room"]);
    expect(lastOf(await enter(1, { resume: b.token }))).toBe("welcome p3 [p1]");
  });

  test("may come back empty: the rooms stay where they are", async () => {
    const [a, b] = [await enter(0), await enter(1)];
    await cluster.homes.release("room", "n0");
    await clock.advance(10_000);
    expect(await cluster.homes.find("room")).toBe("n0");
    await a.say("one");
    expect(b.heard.at(-1)).toBe("one");
  });
});

describe("draining", () => {
  const drain = (): void => cluster.nodes[0]!.rooms.drain();

  test("leaves the rooms of the node as they are, also to peers that come back over other nodes", async () => {
    const [a, b] = [await enter(0), await enter(1)];
    drain();
    await b.say("one");
    expect(a.heard.at(-1)).toBe("one");
    b.peer().disconnected("lost");
    const back = await enter(1, { resume: b.token });
    expect(back.heard).toEqual(["resumed true"]);
    await a.say("two");
    expect(back.heard.at(-1)).toBe("two");
  });

  test("hands a room over when a peer of this node goes", async () => {
    const [a, b] = [await enter(0), await enter(1)];
    drain();
    a.peer().disconnected("lost");
    await settled();
    expect(lastOf(b)).toBe("moved");
    expect(await cluster.homes.find("room")).toBeNull();
    const back = await enter(2, { resume: a.token });
    expect(lastOf(back)).toStartWith("welcome");
  });

  test("says that it restarts where nobody else runs rooms", async () => {
    await start(1);
    const a = await enter(0);
    drain();
    for (const handOver of cluster.nodes[0]!.rooms.holds()) handOver();
    await settled();
    expect(lastOf(a)).toBe("restarting");
  });

  test("hands each room over when it is told to, and it can be entered elsewhere at once", async () => {
    const [a, b] = [await enter(0), await enter(1)];
    drain();
    for (const handOver of cluster.nodes[0]!.rooms.holds()) handOver();
    await settled();
    expect([lastOf(a), lastOf(b)]).toEqual(["moved", "moved"]);
    expect(await cluster.homes.find("room")).toBeNull();
    const back = await enter(1, { resume: b.token });
    expect(back.heard).toEqual(["resumed false", "welcome p3 []"]);
    expect(moved).toEqual(["n0: room"]);
  });

  test("is not undone by a peer that was about to enter", async () => {
    await enter(0);
    const { guest } = knock(1);
    drain();
    for (const handOver of cluster.nodes[0]!.rooms.holds()) handOver();
    await clock.advance(1_000);
    expect(guest.heard.filter((one) => one.startsWith("welcome")).length).toBeLessThanOrEqual(1);
    const back = await enter(2);
    expect(lastOf(back)).toStartWith("welcome");
    expect(await cluster.homes.find("room")).not.toBe("n0");
  });
});
