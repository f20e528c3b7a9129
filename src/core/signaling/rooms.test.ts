import { beforeEach, describe, expect, test } from "bun:test";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import type { DomainError } from "../errors/errors.ts";
import type { Notice, PeerLink, Welcome } from "./peer-link.ts";
import type { Signal } from "./room.ts";
import { CLOSE_GRACE_MS, createRooms, type Peer, type Rooms } from "./rooms.ts";
import { OUTBOX_BOUNDS } from "./seat.ts";

const RESUME_MS = 30_000;

let clock: VirtualClock;
let rooms: Rooms;
let occupancies: string[];

beforeEach(() => open(2));

function open(capacity: number): void {
  let ids = 0;
  clock = createVirtualClock();
  occupancies = [];
  rooms = createRooms({
    clock,
    random: { uuid: () => `p${++ids}`, token: () => `t${ids}`, unit: () => 0 },
    capacity,
    resumeMs: RESUME_MS,
    iceServersFor: (peerId) => [{ urls: "turn:127.0.0.1", username: peerId }],
    onOccupancy: (roomId, peers) => occupancies.push(`${roomId}=${peers}`),
  });
}

/** A peer with its connection; `heard` is what came over this connection, in short. */
interface Guest {
  readonly peer: Peer;
  readonly heard: string[];
  readonly welcome: Welcome;
  say(payload: string, to?: string): void;
  bye(to?: string): void;
  /** The connection ends, with everything confirmed before unless the guest is mute. */
  leave(how: "closed" | "lost"): void;
  /** Mute: confirms nothing. Deaf: takes nothing. */
  state: "fine" | "mute" | "deaf";
}

function enter(entry: { roomId?: string; resume?: string; received?: number } = {}): Guest {
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
  const peer = rooms.enter({ roomId: "room", ...entry }, link);
  const send = (signal: Signal): void => peer.send(signal);
  return Object.assign(guest, {
    peer,
    welcome,
    say: (payload: string, to?: string) => send({ farewell: false, payload, to }),
    bye: (to?: string) => send({ farewell: true, payload: "bye", to }),
    leave(how: "closed" | "lost") {
      if (guest.state === "fine") peer.confirm(newest);
      peer.disconnected(how);
    },
  });
}

function inShort(notice: Notice): string {
  if (notice.type === "signal") return notice.payload;
  return notice.type === "refused" ? `refused ${notice.code}` : `${notice.type} ${notice.peerId}`;
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as DomainError).code;
  }
  return "none";
}

describe("entering", () => {
  test("the first is impolite and alone, the later polite; the first hears of the later", () => {
    const first = enter();
    const later = enter();
    expect(first.heard).toEqual(["welcome p1 []", "joined p2"]);
    expect(later.heard).toEqual(["welcome p2 [p1] polite"]);
    expect(later.welcome).toMatchObject({ resumeToken: "t2", iceServers: [{ username: "p2" }] });
  });

  test("a full room refuses and nobody in it notices", () => {
    const first = enter();
    enter();
    expect(refusal(() => enter())).toBe("room_full");
    expect(first.heard).toEqual(["welcome p1 []", "joined p2"]);
    expect(occupancies).toEqual(["room=1", "room=2"]);
  });

  test("rooms do not see each other", () => {
    const here = enter();
    const there = enter({ roomId: "other" });
    expect(there.heard).toEqual(["welcome p2 []"]);
    expect(refusal(() => here.say("x"))).toBe("peer_not_found");
    expect(rooms.occupancy("room")).toBe(1);
    expect(rooms.occupancy("nowhere")).toBe(0);
  });
});

describe("signals", () => {
  test("go to the only other peer without an address", () => {
    const [a, b] = [enter(), enter()];
    a.say("offer");
    b.say("answer");
    expect(b.heard.at(-1)).toBe("offer");
    expect(a.heard.at(-1)).toBe("answer");
  });

  test("need an address among several, and reach only that peer", () => {
    open(3);
    const [a, b, c] = [enter(), enter(), enter()];
    expect(refusal(() => a.say("offer"))).toBe("bad_message");
    a.say("offer", "p3");
    expect(c.heard.at(-1)).toBe("offer");
    expect(b.heard).not.toContain("offer");
  });

  test("do not go to nobody, to a stranger, or to oneself", () => {
    const a = enter();
    expect(refusal(() => a.say("x"))).toBe("peer_not_found");
    enter();
    expect(refusal(() => a.say("x", "stranger"))).toBe("peer_not_found");
    expect(refusal(() => a.say("x", "p1"))).toBe("peer_not_found");
  });

  test("a bye without an address goes to all others, be there none", () => {
    open(3);
    const a = enter();
    a.bye();
    const [b, c] = [enter(), enter()];
    a.bye();
    expect([b.heard.at(-1), c.heard.at(-1)]).toEqual(["bye", "bye"]);
    expect(rooms.figures().relayed).toBe(2);
  });
});

describe("leaving", () => {
  test("after a bye, a close ends the seat at once, however it closes", () => {
    for (const how of ["closed", "lost"] as const) {
      open(2);
      const [a, b] = [enter(), enter()];
      b.bye();
      expect(a.heard.at(-1)).toBe("bye");
      b.leave(how);
      expect(a.heard.at(-1)).toBe("left p2");
      expect(occupancies).toEqual(["room=1", "room=2", "room=1"]);
    }
  });

  test("a bye to one of several ends a pairing and not the stay", () => {
    open(3);
    const [a, , c] = [enter(), enter(), enter()];
    c.bye("p2");
    c.leave("lost");
    expect(a.heard).not.toContain("left p3");
  });

  test("a bye to the only other peer ends the stay", () => {
    const [a, b] = [enter(), enter()];
    b.bye("p1");
    b.leave("closed");
    expect(a.heard.at(-1)).toBe("left p2");
  });

  test("whoever goes on talking after a bye has not left", () => {
    const [a, b] = [enter(), enter()];
    b.bye();
    b.say("offer");
    b.leave("closed");
    expect(a.heard.at(-1)).toBe("offer");
  });

  test("a close without a bye keeps the seat for the grace", async () => {
    const [a, b] = [enter(), enter()];
    b.leave("closed");
    await clock.advance(CLOSE_GRACE_MS - 1);
    expect(a.heard.at(-1)).toBe("joined p2");
    expect(occupancies.at(-1)).toBe("room=2");
    await clock.advance(1);
    expect(a.heard.at(-1)).toBe("left p2");
    expect(occupancies.at(-1)).toBe("room=1");
  });

  test("a lost connection keeps the seat for the resume time, and its place", async () => {
    const [a, b] = [enter(), enter()];
    b.leave("lost");
    await clock.advance(RESUME_MS - 1);
    expect(refusal(() => enter())).toBe("room_full");
    expect(a.heard.at(-1)).toBe("joined p2");
    await clock.advance(1);
    expect(a.heard.at(-1)).toBe("left p2");
    expect(rooms.occupancy("room")).toBe(1);
  });

  test("the last one to leave ends the room", async () => {
    const a = enter();
    a.leave("lost");
    await clock.advance(RESUME_MS);
    expect(occupancies).toEqual(["room=1", "room=0"]);
    expect(rooms.figures()).toMatchObject({ rooms: 0, peers: 0 });
  });
});

describe("a seat in its grace", () => {
  test("is taken by a newcomer when the room is full, and only ever seems to change hands", () => {
    const [a, b] = [enter(), enter()];
    b.leave("closed");
    const c = enter();
    expect(a.heard.slice(-2)).toEqual(["left p2", "joined p3"]);
    expect(c.heard).toEqual(["welcome p3 [p1] polite"]);
    expect(occupancies).toEqual(["room=1", "room=2"]);
  });

  test("is not taken while another is free", () => {
    open(3);
    const [a, b] = [enter(), enter()];
    b.leave("closed");
    enter();
    expect(a.heard.at(-1)).toBe("joined p3");
    expect(rooms.occupancy("room")).toBe(3);
  });

  test("is no ghost for the same page loaded again: alone in the room, it gives way", () => {
    enter().leave("closed");
    const again = enter();
    expect(again.heard).toEqual(["welcome p2 []"]);
    expect(occupancies).toEqual(["room=1"]);
  });

  test("is resumed like a lost one", () => {
    const [a, b] = [enter(), enter()];
    b.leave("closed");
    a.say("offer");
    expect(enter({ resume: "t2" }).heard).toEqual(["resumed true", "offer"]);
  });

  test("lets the peer that took its place be, when the first one comes back", () => {
    const [a, b] = [enter(), enter()];
    b.leave("closed");
    const c = enter();
    expect(refusal(() => enter({ resume: "t2" }))).toBe("room_full");
    expect([a.heard.at(-1), c.heard.at(-1)]).toEqual(["joined p3", "welcome p3 [p1] polite"]);
  });
});

describe("resuming", () => {
  test("brings everything missed, once and in order, comings and goings included", async () => {
    open(3);
    const [a, b, c] = [enter(), enter(), enter()];
    b.leave("lost");
    a.say("one", "p2");
    c.bye();
    c.leave("closed");
    a.say("two", "p2");
    enter();
    const back = enter({ resume: "t2" });
    expect(back.heard).toEqual(["resumed true", "one", "bye", "left p3", "two", "joined p4"]);
    expect(back.peer.id).toBe("p2");
    await clock.advance(RESUME_MS * 2);
    expect(a.heard).not.toContain("left p2");
  });

  test("is invisible to the others and works again with the same token", () => {
    const [a, b] = [enter(), enter()];
    b.leave("lost");
    const once = enter({ resume: "t2" });
    once.leave("lost");
    a.say("hello");
    expect(enter({ resume: "t2" }).heard).toEqual(["resumed true", "hello"]);
    expect(a.heard).toEqual(["welcome p1 []", "joined p2"]);
    expect(rooms.figures().resumed).toEqual({ recovered: 2, fresh: 0 });
  });

  test("takes over from a connection that only looks open, whose late events change nothing", async () => {
    const [a, b] = [enter(), enter()];
    const back = enter({ resume: "t2" });
    expect(b.heard.at(-1)).toBe("replaced");
    b.say("stale");
    b.peer.refuse("bad_message", "stale");
    b.leave("closed");
    await clock.advance(RESUME_MS * 2);
    a.say("fresh");
    expect(back.heard).toEqual(["resumed true", "fresh"]);
    expect(a.heard).toEqual(["welcome p1 []", "joined p2"]);
  });

  test("does not take a late confirmation from the old connection for one from the new", () => {
    const [a, b] = [enter(), enter()];
    b.state = "mute";
    a.say("one");
    a.say("two");
    const back = enter({ resume: "t2", received: 1 });
    b.peer.confirm(2);
    back.peer.disconnected("lost");
    expect(enter({ resume: "t2", received: 1 }).heard).toEqual(["resumed true", "two"]);
  });

  test("admits a doubt: with a frame written and unconfirmed the peer starts anew", () => {
    const [a, b] = [enter(), enter()];
    b.state = "mute";
    a.say("offer");
    b.leave("lost");
    const back = enter({ resume: "t2" });
    expect(back.heard).toEqual(["resumed false", "welcome p3 [p1] polite"]);
    expect(a.heard.slice(-2)).toEqual(["left p2", "joined p3"]);
    expect(occupancies).toEqual(["room=1", "room=2"]);
    expect(rooms.figures().resumed).toEqual({ recovered: 0, fresh: 1 });
  });

  test("is exact even then for a peer that counts", () => {
    for (const [received, missed] of [
      [0, ["one", "two", "three"]],
      [1, ["two", "three"]],
      [2, ["three"]],
    ] as const) {
      open(2);
      const [a, b] = [enter(), enter()];
      b.state = "mute";
      a.say("one");
      a.say("two");
      b.leave("lost");
      a.say("three");
      expect(enter({ resume: "t2", received }).heard).toEqual(["resumed true", ...missed]);
    }
  });

  test("starts anew when the count cannot be true", () => {
    const [a, b] = [enter(), enter()];
    a.say("one");
    b.leave("lost");
    expect(enter({ resume: "t2", received: 0 }).heard[0]).toBe("resumed false");
    open(2);
    enter().leave("lost");
    expect(enter({ resume: "t1", received: 1 }).heard).toEqual(["resumed false", "welcome p2 []"]);
  });

  test("replaces the old connection also when it starts anew", () => {
    const [a, b] = [enter(), enter()];
    b.state = "mute";
    a.say("one");
    expect(enter({ resume: "t2" }).heard[0]).toBe("resumed false");
    expect(b.heard.at(-1)).toBe("replaced");
  });

  test("with an unknown token is an ordinary entry, or finds the room full", () => {
    expect(enter({ resume: "nonsense" }).heard).toEqual(["resumed false", "welcome p1 []"]);
    enter();
    expect(refusal(() => enter({ resume: "nonsense" }))).toBe("room_full");
  });

  test("with another room's token leaves that room alone", () => {
    const a = enter();
    const b = enter({ roomId: "other", resume: "t1" });
    expect(b.heard).toEqual(["resumed false", "welcome p2 []"]);
    expect(a.heard).toEqual(["welcome p1 []"]);
  });

  test("too late is an ordinary entry", async () => {
    enter().leave("lost");
    await clock.advance(RESUME_MS);
    expect(enter({ resume: "t1" }).heard).toEqual(["resumed false", "welcome p2 []"]);
  });
});

describe("bounds", () => {
  test("a peer that is away and misses too many frames has left, and is told so when it comes back", () => {
    const [a, b] = [enter(), enter()];
    b.leave("lost");
    for (let count = 0; count < OUTBOX_BOUNDS.frames; count++) a.say("x");
    expect(a.heard.at(-1)).toBe("joined p2");
    a.say("one too many");
    expect(a.heard.at(-1)).toBe("left p2");
    expect(occupancies.at(-1)).toBe("room=1");
    expect(enter({ resume: "t2", received: 0 }).heard).toEqual(["resumed false", "welcome p3 [p1] polite"]);
  });

  test("a peer that is away and misses too many bytes has left", () => {
    const [a, b] = [enter(), enter()];
    b.leave("lost");
    const large = "x".repeat(OUTBOX_BOUNDS.bytes / 4);
    for (let count = 0; count < 3; count++) a.say(large);
    expect(a.heard.at(-1)).toBe("joined p2");
    a.say(large);
    expect(a.heard.at(-1)).toBe("left p2");
  });

  test("a peer that is there may leave any number unconfirmed and still go on where it says", () => {
    const [a, b] = [enter(), enter()];
    b.state = "mute";
    const sent = OUTBOX_BOUNDS.frames * 3;
    for (let count = 1; count <= sent; count++) a.say(`${count}`);
    b.leave("lost");
    expect(enter({ resume: "t2", received: sent - 1 }).heard).toEqual(["resumed true", `${sent}`]);
    expect(a.heard).not.toContain("left p2");
  });

  test("a connection that takes no more is ended, and its peer is lost with the frame kept", async () => {
    const [a, b] = [enter(), enter()];
    b.state = "deaf";
    a.say("offer");
    expect(b.heard.at(-1)).toBe("stalled");
    b.leave("closed");
    await clock.advance(RESUME_MS - 1);
    expect(enter({ resume: "t2" }).heard).toEqual(["resumed true", "offer"]);
  });
});

test("a refusal is one of the frames a peer counts", () => {
  const [a, b] = [enter(), enter()];
  b.state = "mute";
  b.peer.refuse("bad_message", "what?");
  a.say("offer");
  b.leave("lost");
  expect(enter({ resume: "t2", received: 1 }).heard).toEqual(["resumed true", "offer"]);
});
