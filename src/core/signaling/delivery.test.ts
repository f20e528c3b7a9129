import { expect, test } from "bun:test";
import fc from "fast-check";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import type { PeerLink } from "./peer-link.ts";
import { startRoomNodes } from "../../../test/support/room-nodes.ts";
import { createRooms, sendOrRefuse, type Entry, type Peer, type RoomFigures } from "./rooms.ts";

const CLIENTS = 3;
const RESUME_MS = 30_000;

/** Where a client enters: the client `who` is always connected to the same node, until it moves on to the next. */
interface Place {
  enter(who: number, entry: Entry, link: PeerLink): Peer | Promise<Peer>;
  /** Lets everything that is under way between the nodes arrive. */
  settled(): Promise<void>;
  figures(): readonly RoomFigures[];
}

type Step =
  | { readonly do: "send"; readonly who: number; readonly to: number; readonly times: number }
  /** So many frames, then so many confirmations, get through to the other side. */
  | { readonly do: "transmit"; readonly who: number; readonly frames: number; readonly confirmations: number }
  /** The network eats what is under way. `noticed`: the server learns of it. */
  | { readonly do: "cut"; readonly who: number; readonly noticed: "lost" | "closed" | "no" }
  | { readonly do: "return"; readonly who: number; readonly counting: boolean }
  | { readonly do: "wait"; readonly ms: number };

const who = fc.nat({ max: CLIENTS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("send"), who, to: who, times: fc.constantFrom(1, 1, 1, 1, 2, 5, 120) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("transmit"), who, frames: fc.nat({ max: 8 }), confirmations: fc.nat(8) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("cut"), who, noticed: fc.constantFrom("lost", "lost", "closed", "no") }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("return"), who, counting: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.constantFrom(100, 2_000, 20_000, 30_000) }) },
);

/** What is written to the network, and the number to confirm it with. */
interface UnderWay {
  readonly frame: Frame;
  readonly number: number;
}

type Frame =
  | { readonly type: "welcome"; readonly peerId: string; readonly peers: readonly string[]; readonly token: string }
  | { readonly type: "resumed"; readonly recovered: boolean }
  | { readonly type: "joined" | "left"; readonly peerId: string }
  | { readonly type: "signal"; readonly payload: string }
  | { readonly type: "refused" };

/** A client that does what the protocol asks of one, behind a network that loses. */
class Client {
  peer: Peer | null = null;
  peerId = "";
  token: string | undefined;
  /** Frames since the welcome. */
  count = 0;
  signals: string[] = [];
  others = new Set<string>();
  /** Every stay's signals, the present one's last. */
  readonly stays: { readonly peerId: string; readonly signals: readonly string[] }[] = [];
  #down: UnderWay[] = [];
  #up: number[] = [];
  connected = false;
  readonly unnoticed: Peer[] = [];

  /** What it sent and was told that it went nowhere. */
  refusals = 0;
  readonly #who: number;

  constructor(who: number) {
    this.#who = who;
  }

  async enter(place: Place, counting: boolean): Promise<void> {
    this.#down = [];
    this.#up = [];
    const down = this.#down;
    const write = (frame: Frame, number = 0): boolean => down.push({ frame, number }) > 0;
    const link: PeerLink = {
      welcome: ({ peerId, peers, resumeToken }) => void write({ type: "welcome", peerId, peers, token: resumeToken }),
      resumed: (recovered) => void write({ type: "resumed", recovered }),
      deliver: (notice, number) => {
        if (notice.type !== "refused") return write(notice, number);
        // The receiver has left and the news is still under way.
        this.refusals++;
        return write({ type: "refused" }, number);
      },
      end: () => {},
    };
    this.connected = true;
    const received = counting && this.token !== undefined ? this.count : undefined;
    this.peer = null;
    const entering = place.enter(this.#who, { roomId: "room", resume: this.token, received }, link);
    await place.settled();
    this.peer = await entering;
  }

  cut(noticed: "lost" | "closed" | "no"): void {
    if (!this.connected) return;
    this.connected = false;
    this.#down = [];
    this.#up = [];
    if (noticed === "no") this.unnoticed.push(this.peer!);
    else this.peer?.disconnected(noticed);
  }

  /** The server's own pings find out in the end. */
  notice(): void {
    for (const peer of this.unnoticed.splice(0)) peer.disconnected("lost");
  }

  transmit(frames: number, confirmations: number): void {
    for (const { frame, number } of this.#down.splice(0, frames)) {
      this.#receive(frame);
      if (number > 0) this.#up.push(number);
    }
    for (const number of this.#up.splice(0, confirmations)) this.peer?.confirm(number);
  }

  #receive(frame: Frame): void {
    if (frame.type === "resumed") return;
    if (frame.type === "welcome") {
      this.peerId = frame.peerId;
      this.token = frame.token;
      this.count = 0;
      this.signals = [];
      this.others = new Set(frame.peers);
      this.stays.push({ peerId: frame.peerId, signals: this.signals });
      return;
    }
    this.count++;
    if (frame.type === "refused") return;
    if (frame.type === "signal") this.signals.push(frame.payload);
    else if (frame.type === "joined") this.others.add(frame.peerId);
    else this.others.delete(frame.peerId);
  }
}

/** The rooms of one node alone. */
async function bare(clock: VirtualClock): Promise<Place> {
  let ids = 0;
  const rooms = createRooms({
    clock,
    random: { uuid: () => `p${++ids}`, token: () => `t${ids}`, unit: () => 0 },
    capacity: 1_000,
    resumeMs: RESUME_MS,
    iceServersFor: () => [],
    onOccupancy: () => {},
  });
  return {
    enter(_, entry, link) {
      const peer = rooms.enter(entry, link);
      return { ...peer, send: (signal) => sendOrRefuse(peer, signal) };
    },
    settled: async () => undefined,
    figures: () => [rooms.figures()],
  };
}

/** Each client at a node of its own, and at the next one whenever it comes back. */
async function spread(clock: VirtualClock): Promise<Place> {
  const { nodes } = await startRoomNodes({ clock, count: CLIENTS, capacity: 1_000, resumeMs: RESUME_MS });
  const entered = Array.from({ length: CLIENTS }, (_, who) => who);
  return {
    enter: (who, entry, link) => nodes[entered[who]!++ % CLIENTS]!.rooms.enter(entry, link),
    settled: async () => {
      for (let turn = 0; turn < 4; turn++) await clock.advance(0);
    },
    figures: () => nodes.map((node) => node.rooms.figures()),
  };
}

test.each([
  { name: "one node", start: bare, runs: 300 },
  { name: "every peer at another node", start: spread, runs: 100 },
])(
  "random sends, losses and returns never lose, double or reorder a frame without saying so: $name",
  async ({ start, runs }) => {
    const outcomes = { recovered: 0, fresh: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 200, size: "max" }), async (steps) => {
        const clock = createVirtualClock();
        const place = await start(clock);
        const sent = new Map<string, string[]>();
        const clients = Array.from({ length: CLIENTS }, (_, at) => new Client(at));
        let messages = 0;
        const send = async (from: Client, to: Client): Promise<void> => {
          if (!from.connected || from === to || !from.others.has(to.peerId)) return;
          const payload = `${++messages}`;
          const { refusals } = from;
          from.peer?.send({ to: to.peerId, farewell: false, payload });
          await place.settled();
          if (from.refusals === refusals) sent.set(to.peerId, [...(sent.get(to.peerId) ?? []), payload]);
        };

        for (const client of clients) await client.enter(place, false);
        for (const client of clients) client.transmit(Infinity, Infinity);
        for (const one of steps) {
          if (one.do === "wait") await clock.advance(one.ms);
          else {
            const client = clients[one.who]!;
            if (one.do === "send") for (let count = 0; count < one.times; count++) await send(client, clients[one.to]!);
            else if (one.do === "transmit") client.transmit(one.frames, one.confirmations);
            else if (one.do === "cut") client.cut(one.noticed);
            else if (!client.connected) await client.enter(place, one.counting);
          }
          await place.settled();
        }
        // Whoever is away comes back, everything under way arrives, and seats that nobody wants any more end.
        for (const client of clients) if (!client.connected) await client.enter(place, true);
        for (const client of clients) client.notice();
        await place.settled();
        await clock.advance(RESUME_MS);
        await place.settled();
        for (const client of clients) client.transmit(Infinity, Infinity);

        for (const client of clients) {
          for (const { peerId, signals } of client.stays.slice(0, -1)) {
            const all = sent.get(peerId) ?? [];
            expect(all.slice(0, signals.length)).toEqual([...signals]);
          }
          expect(client.signals).toEqual(sent.get(client.peerId) ?? []);
          const others = clients.filter((other) => other !== client).map((other) => other.peerId);
          expect([...client.others].sort()).toEqual(others.sort());
        }
        for (const figures of place.figures()) {
          outcomes.recovered += figures.resumed.recovered;
          outcomes.fresh += figures.resumed.fresh;
        }
      }),
      { numRuns: runs },
    );
    // Both ways were taken, so the sentence above was put to the test.
    expect(outcomes.recovered).toBeGreaterThan(runs);
    expect(outcomes.fresh).toBeGreaterThan(runs / 4);
  },
  60_000,
);
