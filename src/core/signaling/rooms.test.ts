// One file, because all of it runs in each placement of `places`: what a peer sees must not depend on where its room is.
import { beforeEach, describe, expect, test } from "bun:test";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import { startRoomNodes } from "../../../test/support/room-nodes.ts";
import { DomainError } from "../errors/errors.ts";
import type { ErrorCode } from "../errors/catalogue.ts";
import type { Notice, PeerLink, Welcome } from "./peer-link.ts";
import { CLOSE_GRACE_MS, createRooms, sendOrRefuse, type Entry, type Peer, type RoomFigures } from "./rooms.ts";
import { OUTBOX_BOUNDS } from "./seat.ts";

const RESUME_MS = 30_000;

let clock: VirtualClock;
let rooms: Place;
let occupancies: string[];

/** Where the rooms are, and how peers come in. */
interface Place {
  enter(entry: Entry, link: PeerLink): Peer | Promise<Peer>;
  occupancy(room: string): number;
  figures(): RoomFigures;
}

interface PlaceOptions {
  readonly capacity: number;
  onOccupancy(room: string, peers: number): void;
}

/** The rooms of one node alone. */
async function bare({ capacity, onOccupancy }: PlaceOptions): Promise<Place> {
  let ids = 0;
  const place = createRooms({
    clock,
    random: { uuid: () => `p${++ids}`, token: () => `t${ids}`, unit: () => 0 },
    capacity,
    resumeMs: RESUME_MS,
    iceServersFor: (peerId) => [{ urls: "turn:127.0.0.1", username: peerId }],
    onOccupancy,
  });
  return {
    ...place,
    enter(entry, link) {
      const peer = place.enter(entry, link);
      return { ...peer, send: (signal) => sendOrRefuse(peer, signal) };
    },
  };
}

/** Several nodes, where each peer that enters is connected to the next one. `home`: where the rooms are run already. */
async function spread(count: number, options: PlaceOptions, home?: string): Promise<Place> {
  const { nodes, homes } = await startRoomNodes({ clock, count, resumeMs: RESUME_MS, ...options });
  if (home !== undefined) for (const room of ["room", "other"]) await homes.settle(room, home, 60_000);
  let entered = 0;
  const sum = (read: (figures: RoomFigures) => number): number =>
    nodes.reduce((total, node) => total + read(node.rooms.figures()), 0);
  return {
    enter: (entry, link) => nodes[entered++ % (home === undefined ? count : count - 1)]!.rooms.enter(entry, link),
    occupancy: (room) => nodes.reduce((total, node) => total + node.rooms.occupancy(room), 0),
    figures: () => ({
      rooms: sum((one) => one.rooms),
      peers: sum((one) => one.peers),
      relayed: sum((one) => one.relayed),
      relays: {
        delivered: sum((one) => one.relays.delivered),
        unreachable: sum((one) => one.relays.unreachable),
        refused: sum((one) => one.relays.refused),
      },
      resumed: { recovered: sum((one) => one.resumed.recovered), fresh: sum((one) => one.resumed.fresh) },
    }),
  };
}

const places: Readonly<Record<string, (options: PlaceOptions) => Promise<Place>>> = {
  "the rooms of one node": bare,
  "one node of a cluster": (options) => spread(1, options),
  "three nodes, each peer at the next": (options) => spread(3, options),
  "three nodes, the home at the one without peers": (options) => spread(3, options, "n2"),
};

/** Lets everything that is under way between the nodes arrive. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await clock.advance(0);
}

/** A peer with its connection; `heard` is what came over this connection, in short. */
interface Guest {
  readonly peer: Peer;
  readonly heard: string[];
  readonly welcome: Welcome;
  /** Throws what the peer is told if it is refused. */
  say(payload: string, to?: string): Promise<void>;
  bye(to?: string): Promise<void>;
  /** The connection ends, with everything confirmed before unless the guest is mute. */
  leave(how: "closed" | "lost"): Promise<void>;
  /** Mute: confirms nothing. Deaf: takes nothing. */
  state: "fine" | "mute" | "deaf";
}

async function enter(entry: { roomId?: string; resume?: string; received?: number } = {}): Promise<Guest> {
  const heard: string[] = [];
  let welcome = {} as Welcome;
  let newest = 0;
  const guest = { heard, state: "fine" } as { -readonly [K in keyof Guest]: Guest[K] };
  const link: PeerLink = {
    welcome(told) {
      welcome = told;
      heard.push(`welcome ${told.peerId} [${told.peers.join()}]${told.polite ? " polite" : ""}`);
    },
    resumed: (recovered) => void heard.push(`resumed ${recovered}`),
    deliver(notice, number) {
      if (guest.state === "deaf") return false;
      heard.push(inShort(notice));
      newest = number;
      return true;
    },
    end: (why) => void heard.push(why),
  };
  const entering = Promise.resolve(rooms.enter({ roomId: "room", ...entry }, link));
  entering.catch(() => undefined);
  await settled();
  const peer = await entering;
  const send = async (payload: string, farewell: boolean, to?: string): Promise<void> => {
    const before = heard.length;
    peer.send({ farewell, payload, to });
    await settled();
    const refused = heard.slice(before).find((one) => one.startsWith("refused "));
    if (refused !== undefined) throw new DomainError(refused.slice("refused ".length) as ErrorCode);
  };
  return Object.assign(guest, {
    peer,
    welcome,
    say: (payload: string, to?: string) => send(payload, false, to),
    bye: (to?: string) => send("bye", true, to),
    async leave(how: "closed" | "lost") {
      if (guest.state === "fine") peer.confirm(newest);
      peer.disconnected(how);
      await settled();
    },
  });
}

function inShort(notice: Notice): string {
  if (notice.type === "signal") return notice.payload;
  return notice.type === "refused" ? `refused ${notice.code}` : `${notice.type} ${notice.peerId}`;
}

async function refusal(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    return (error as DomainError).code;
  }
  return "none";
}

describe.each(Object.keys(places))("%s:", (name) => {
  beforeEach(() => open(2));

  async function open(capacity: number): Promise<void> {
    clock = createVirtualClock();
    occupancies = [];
    const onOccupancy = (room: string, peers: number): void => void occupancies.push(`${room}=${peers}`);
    rooms = await places[name]!({ capacity, onOccupancy });
  }

  describe("entering", () => {
    test("the first is impolite and alone, the later polite; the first hears of the later", async () => {
      const first = await enter();
      const later = await enter();
      expect(first.heard).toEqual(["welcome p1 []", "joined p2"]);
      expect(later.heard).toEqual(["welcome p2 [p1] polite"]);
      expect(later.welcome).toMatchObject({ resumeToken: "t2", iceServers: [{ username: "p2" }] });
    });

    test("a full room refuses and nobody in it notices", async () => {
      const first = await enter();
      await enter();
      expect(await refusal(() => enter())).toBe("room_full");
      expect(first.heard).toEqual(["welcome p1 []", "joined p2"]);
      expect(occupancies).toEqual(["room=1", "room=2"]);
    });

    test("rooms do not see each other", async () => {
      const here = await enter();
      const there = await enter({ roomId: "other" });
      expect(there.heard).toEqual(["welcome p2 []"]);
      expect(await refusal(() => here.say("x"))).toBe("peer_not_found");
      expect(rooms.occupancy("room")).toBe(1);
      expect(rooms.occupancy("nowhere")).toBe(0);
    });
  });

  describe("signals", () => {
    test("go to the only other peer without an address", async () => {
      const [a, b] = [await enter(), await enter()];
      await a.say("offer");
      await b.say("answer");
      expect(b.heard.at(-1)).toBe("offer");
      expect(a.heard.at(-1)).toBe("answer");
    });

    test("need an address among several, and reach only that peer", async () => {
      await open(3);
      const [a, b, c] = [await enter(), await enter(), await enter()];
      expect(await refusal(() => a.say("offer"))).toBe("bad_message");
      await a.say("offer", "p3");
      expect(c.heard.at(-1)).toBe("offer");
      expect(b.heard).not.toContain("offer");
    });

    test("do not go to nobody, to a stranger, or to oneself", async () => {
      const a = await enter();
      expect(await refusal(() => a.say("x"))).toBe("peer_not_found");
      await enter();
      expect(await refusal(() => a.say("x", "stranger"))).toBe("peer_not_found");
      expect(await refusal(() => a.say("x", "p1"))).toBe("peer_not_found");
    });

    test("a bye without an address goes to all others, be there none", async () => {
      await open(3);
      const a = await enter();
      await a.bye();
      const [b, c] = [await enter(), await enter()];
      await a.bye();
      expect([b.heard.at(-1), c.heard.at(-1)]).toEqual(["bye", "bye"]);
      expect(rooms.figures().relayed).toBe(2);
    });
  });

  describe("leaving", () => {
    test("after a bye, a close ends the seat at once, however it closes", async () => {
      for (const how of ["closed", "lost"] as const) {
        await open(2);
        const [a, b] = [await enter(), await enter()];
        await b.bye();
        expect(a.heard.at(-1)).toBe("bye");
        await b.leave(how);
        expect(a.heard.at(-1)).toBe("left p2");
        expect(occupancies).toEqual(["room=1", "room=2", "room=1"]);
      }
    });

    test("a bye to one of several ends a pairing and not the stay", async () => {
      await open(3);
      const [a, , c] = [await enter(), await enter(), await enter()];
      await c.bye("p2");
      await c.leave("lost");
      expect(a.heard).not.toContain("left p3");
    });

    test("a bye to the only other peer ends the stay", async () => {
      const [a, b] = [await enter(), await enter()];
      await b.bye("p1");
      await b.leave("closed");
      expect(a.heard.at(-1)).toBe("left p2");
    });

    test("whoever goes on talking after a bye has not left", async () => {
      const [a, b] = [await enter(), await enter()];
      await b.bye();
      await b.say("offer");
      await b.leave("closed");
      expect(a.heard.at(-1)).toBe("offer");
    });

    test("a close without a bye keeps the seat for the grace", async () => {
      const [a, b] = [await enter(), await enter()];
      await b.leave("closed");
      await clock.advance(CLOSE_GRACE_MS - 1);
      expect(a.heard.at(-1)).toBe("joined p2");
      expect(occupancies.at(-1)).toBe("room=2");
      await clock.advance(1);
      expect(a.heard.at(-1)).toBe("left p2");
      expect(occupancies.at(-1)).toBe("room=1");
    });

    test("a lost connection keeps the seat for the resume time, and its place", async () => {
      const [a, b] = [await enter(), await enter()];
      await b.leave("lost");
      await clock.advance(RESUME_MS - 1);
      expect(await refusal(() => enter())).toBe("room_full");
      expect(a.heard.at(-1)).toBe("joined p2");
      await clock.advance(1);
      expect(a.heard.at(-1)).toBe("left p2");
      expect(rooms.occupancy("room")).toBe(1);
    });

    test("the last one to leave ends the room", async () => {
      const a = await enter();
      await a.leave("lost");
      await clock.advance(RESUME_MS);
      expect(occupancies).toEqual(["room=1", "room=0"]);
      expect(rooms.figures()).toMatchObject({ rooms: 0, peers: 0 });
    });
  });

  describe("a seat in its grace", () => {
    test("is taken by a newcomer when the room is full, and only ever seems to change hands", async () => {
      const [a, b] = [await enter(), await enter()];
      await b.leave("closed");
      const c = await enter();
      expect(a.heard.slice(-2)).toEqual(["left p2", "joined p3"]);
      expect(c.heard).toEqual(["welcome p3 [p1] polite"]);
      expect(occupancies).toEqual(["room=1", "room=2"]);
    });

    test("is not taken while another is free", async () => {
      await open(3);
      const [a, b] = [await enter(), await enter()];
      await b.leave("closed");
      await enter();
      expect(a.heard.at(-1)).toBe("joined p3");
      expect(rooms.occupancy("room")).toBe(3);
    });

    test("is no ghost for the same page loaded again: alone in the room, it gives way", async () => {
      await (await enter()).leave("closed");
      const again = await enter();
      expect(again.heard).toEqual(["welcome p2 []"]);
      expect(occupancies).toEqual(["room=1"]);
    });

    test("is resumed like a lost one", async () => {
      const [a, b] = [await enter(), await enter()];
      await b.leave("closed");
      await a.say("offer");
      expect((await enter({ resume: "t2" })).heard).toEqual(["resumed true", "offer"]);
    });

    test("lets the peer that took its place be, when the first one comes back", async () => {
      const [a, b] = [await enter(), await enter()];
      await b.leave("closed");
      const c = await enter();
      expect(await refusal(() => enter({ resume: "t2" }))).toBe("room_full");
      expect([a.heard.at(-1), c.heard.at(-1)]).toEqual(["joined p3", "welcome p3 [p1] polite"]);
    });
  });

  describe("resuming", () => {
    test("brings everything missed, once and in order, comings and goings included", async () => {
      await open(3);
      const [a, b, c] = [await enter(), await enter(), await enter()];
      await b.leave("lost");
      await a.say("one", "p2");
      await c.bye();
      await c.leave("closed");
      await a.say("two", "p2");
      await enter();
      const back = await enter({ resume: "t2" });
      expect(back.heard).toEqual(["resumed true", "one", "bye", "left p3", "two", "joined p4"]);
      expect(back.peer.id).toBe("p2");
      await clock.advance(RESUME_MS * 2);
      expect(a.heard).not.toContain("left p2");
    });

    test("is invisible to the others and works again with the same token", async () => {
      const [a, b] = [await enter(), await enter()];
      await b.leave("lost");
      const once = await enter({ resume: "t2" });
      await once.leave("lost");
      await a.say("hello");
      expect((await enter({ resume: "t2" })).heard).toEqual(["resumed true", "hello"]);
      expect(a.heard).toEqual(["welcome p1 []", "joined p2"]);
      expect(rooms.figures().resumed).toEqual({ recovered: 2, fresh: 0 });
    });

    test("takes over from a connection that only looks open, whose late events change nothing", async () => {
      const [a, b] = [await enter(), await enter()];
      const back = await enter({ resume: "t2" });
      expect(b.heard.at(-1)).toBe("replaced");
      await b.say("stale");
      b.peer.refuse("bad_message", "stale");
      await settled();
      await b.leave("closed");
      await clock.advance(RESUME_MS * 2);
      await a.say("fresh");
      expect(back.heard).toEqual(["resumed true", "fresh"]);
      expect(a.heard).toEqual(["welcome p1 []", "joined p2"]);
    });

    test("does not take a late confirmation from the old connection for one from the new", async () => {
      const [a, b] = [await enter(), await enter()];
      b.state = "mute";
      await a.say("one");
      await a.say("two");
      const back = await enter({ resume: "t2", received: 1 });
      b.peer.confirm(2);
      await settled();
      back.peer.disconnected("lost");
      await settled();
      expect((await enter({ resume: "t2", received: 1 })).heard).toEqual(["resumed true", "two"]);
    });

    test("admits a doubt: with a frame written and unconfirmed the peer starts anew", async () => {
      const [a, b] = [await enter(), await enter()];
      b.state = "mute";
      await a.say("offer");
      await b.leave("lost");
      const back = await enter({ resume: "t2" });
      expect(back.heard).toEqual(["resumed false", "welcome p3 [p1] polite"]);
      expect(a.heard.slice(-2)).toEqual(["left p2", "joined p3"]);
      expect(occupancies).toEqual(["room=1", "room=2"]);
      expect(rooms.figures().resumed).toEqual({ recovered: 0, fresh: 1 });
    });

    test("is exact even then for a peer that counts", async () => {
      for (const [received, missed] of [
        [0, ["one", "two", "three"]],
        [1, ["two", "three"]],
        [2, ["three"]],
      ] as const) {
        await open(2);
        const [a, b] = [await enter(), await enter()];
        b.state = "mute";
        await a.say("one");
        await a.say("two");
        await b.leave("lost");
        await a.say("three");
        expect((await enter({ resume: "t2", received })).heard).toEqual(["resumed true", ...missed]);
      }
    });

    test("starts anew when the count cannot be true", async () => {
      const [a, b] = [await enter(), await enter()];
      await a.say("one");
      await b.leave("lost");
      expect((await enter({ resume: "t2", received: 0 })).heard[0]).toBe("resumed false");
      await open(2);
      await (await enter()).leave("lost");
      expect((await enter({ resume: "t1", received: 1 })).heard).toEqual(["resumed false", "welcome p2 []"]);
    });

    test("a return that was held up takes nothing from a newer one that goes on", async () => {
      await open(3);
      const [a, b] = [await enter(), await enter()];
      b.state = "mute";
      await a.say("one");
      await b.leave("lost");
      const back = await enter({ resume: "t2", received: 1 });
      const late = await enter({ resume: "t2", received: 0 });
      expect(late.heard).toEqual(["resumed false", "welcome p3 [p1,p2] polite"]);
      await a.say("two", "p2");
      expect(back.heard).toEqual(["resumed true", "joined p3", "two"]);
    });

    test("replaces the old connection also when it starts anew", async () => {
      const [a, b] = [await enter(), await enter()];
      b.state = "mute";
      await a.say("one");
      expect((await enter({ resume: "t2" })).heard[0]).toBe("resumed false");
      expect(b.heard.at(-1)).toBe("replaced");
    });

    test("with an unknown token is an ordinary entry, or finds the room full", async () => {
      expect((await enter({ resume: "nonsense" })).heard).toEqual(["resumed false", "welcome p1 []"]);
      await enter();
      expect(await refusal(() => enter({ resume: "nonsense" }))).toBe("room_full");
    });

    test("from a seat at a node that ran the room meanwhile gives up the seat that was kept here", async () => {
      const a = await enter();
      const b = await enter();
      await a.leave("lost");
      expect((await enter({ resume: "elsewhere.t1" })).heard).toEqual(["resumed false", "welcome p3 [p2] polite"]);
      expect(b.heard.slice(1)).toEqual(["left p1", "joined p3"]);
      expect(await refusal(() => enter({ resume: "elsewhere.t2" }))).toBe("room_full");
    });

    test("with another room's token leaves that room alone", async () => {
      const a = await enter();
      const b = await enter({ roomId: "other", resume: "t1" });
      expect(b.heard).toEqual(["resumed false", "welcome p2 []"]);
      expect(a.heard).toEqual(["welcome p1 []"]);
    });

    test("too late is an ordinary entry", async () => {
      await (await enter()).leave("lost");
      await clock.advance(RESUME_MS);
      expect((await enter({ resume: "t1" })).heard).toEqual(["resumed false", "welcome p2 []"]);
    });
  });

  describe("bounds", () => {
    test("a peer that is away and misses too many frames has left, and is told so when it comes back", async () => {
      const [a, b] = [await enter(), await enter()];
      await b.leave("lost");
      for (let count = 0; count < OUTBOX_BOUNDS.frames; count++) await a.say("x");
      expect(a.heard.at(-1)).toBe("joined p2");
      await a.say("one too many");
      expect(a.heard.at(-1)).toBe("left p2");
      expect(occupancies.at(-1)).toBe("room=1");
      expect((await enter({ resume: "t2", received: 0 })).heard).toEqual(["resumed false", "welcome p3 [p1] polite"]);
    });

    test("a peer that is away and misses too many bytes has left", async () => {
      const [a, b] = [await enter(), await enter()];
      await b.leave("lost");
      const large = "x".repeat(OUTBOX_BOUNDS.bytes / 4);
      for (let count = 0; count < 3; count++) await a.say(large);
      expect(a.heard.at(-1)).toBe("joined p2");
      await a.say(large);
      expect(a.heard.at(-1)).toBe("left p2");
    });

    test("a peer that is there may leave any number unconfirmed and still go on where it says", async () => {
      const [a, b] = [await enter(), await enter()];
      b.state = "mute";
      const sent = OUTBOX_BOUNDS.frames * 3;
      for (let count = 1; count <= sent; count++) await a.say(`${count}`);
      await b.leave("lost");
      expect((await enter({ resume: "t2", received: sent - 1 })).heard).toEqual(["resumed true", `${sent}`]);
      expect(a.heard).not.toContain("left p2");
    });

    test("a connection that takes no more is ended, and its peer is lost with the frame kept", async () => {
      const [a, b] = [await enter(), await enter()];
      b.state = "deaf";
      await a.say("offer");
      expect(b.heard.at(-1)).toBe("stalled");
      await b.leave("closed");
      await clock.advance(RESUME_MS - 1);
      expect((await enter({ resume: "t2" })).heard).toEqual(["resumed true", "offer"]);
    });
  });

  test("a refusal is one of the frames a peer counts", async () => {
    const [a, b] = [await enter(), await enter()];
    b.state = "mute";
    b.peer.refuse("bad_message", "what?");
    await settled();
    await a.say("offer");
    await b.leave("lost");
    expect((await enter({ resume: "t2", received: 1 })).heard).toEqual(["resumed true", "offer"]);
  });
});
