import { expect, test } from "bun:test";
import fc from "fast-check";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import type { PeerLink } from "./peer-link.ts";
import { createRooms, type Peer, type Rooms } from "./rooms.ts";

const CLIENTS = 3;
const RESUME_MS = 30_000;

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
  | { readonly type: "signal"; readonly payload: string };

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

  enter(rooms: Rooms, counting: boolean): void {
    this.#down = [];
    this.#up = [];
    const down = this.#down;
    const write = (frame: Frame, number = 0): boolean => down.push({ frame, number }) > 0;
    const link: PeerLink = {
      welcome: ({ peerId, peers, resumeToken }) => void write({ type: "welcome", peerId, peers, token: resumeToken }),
      resumed: (recovered) => void write({ type: "resumed", recovered }),
      deliver: (notice, number) => {
        if (notice.type === "refused") throw new Error(`refused: ${notice.message}`);
        return write(notice, number);
      },
      end: () => {},
    };
    this.connected = true;
    const received = counting && this.token !== undefined ? this.count : undefined;
    this.peer = rooms.enter({ roomId: "room", resume: this.token, received }, link);
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
    if (frame.type === "signal") this.signals.push(frame.payload);
    else if (frame.type === "joined") this.others.add(frame.peerId);
    else this.others.delete(frame.peerId);
  }
}

test("random sends, losses and returns never lose, double or reorder a frame without saying so", async () => {
  const outcomes = { recovered: 0, fresh: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 200, size: "max" }), async (steps) => {
      let ids = 0;
      const clock = createVirtualClock();
      const rooms = createRooms({
        clock,
        random: { uuid: () => `p${++ids}`, token: () => `t${ids}`, unit: () => 0 },
        capacity: 1_000,
        resumeMs: RESUME_MS,
        iceServersFor: () => [],
        onOccupancy: () => {},
      });
      const sent = new Map<string, string[]>();
      const clients = Array.from({ length: CLIENTS }, () => new Client());
      let messages = 0;
      const send = (from: Client, to: Client): void => {
        if (!from.connected || from === to || !from.others.has(to.peerId)) return;
        const payload = `${++messages}`;
        try {
          from.peer?.send({ to: to.peerId, farewell: false, payload });
        } catch {
          return; // The receiver has left and the news is still under way.
        }
        sent.set(to.peerId, [...(sent.get(to.peerId) ?? []), payload]);
      };

      for (const client of clients) client.enter(rooms, false);
      for (const client of clients) client.transmit(Infinity, Infinity);
      for (const one of steps) {
        if (one.do === "wait") await clock.advance(one.ms);
        else {
          const client = clients[one.who]!;
          if (one.do === "send") for (let count = 0; count < one.times; count++) send(client, clients[one.to]!);
          else if (one.do === "transmit") client.transmit(one.frames, one.confirmations);
          else if (one.do === "cut") client.cut(one.noticed);
          else if (!client.connected) client.enter(rooms, one.counting);
        }
      }
      // Whoever is away comes back, everything under way arrives, and seats that nobody wants any more end.
      for (const client of clients) if (!client.connected) client.enter(rooms, true);
      for (const client of clients) client.notice();
      await clock.advance(RESUME_MS);
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
      outcomes.recovered += rooms.figures().resumed.recovered;
      outcomes.fresh += rooms.figures().resumed.fresh;
    }),
    { numRuns: 300 },
  );
  // Both ways were taken, so the sentence above was put to the test.
  expect(outcomes.recovered).toBeGreaterThan(500);
  expect(outcomes.fresh).toBeGreaterThan(100);
});
