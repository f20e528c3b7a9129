import { expect, test } from "bun:test";
import fc from "fast-check";
import { startRoomNodes, type RoomNode, type RoomNodes } from "../../../test/support/room-nodes.ts";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import type { PeerLink } from "./peer-link.ts";
import type { Peer } from "./rooms.ts";

const CLIENTS = 3;
const NODES = 4;
const RESUME_MS = 30_000;

type Step =
  | { readonly do: "send"; readonly who: number; readonly to: number; readonly times: number }
  | { readonly do: "stop" | "deafen" | "wake" | "kill"; readonly node: number }
  | { readonly do: "store"; readonly isThere: boolean }
  | { readonly do: "lose"; readonly who: number }
  | { readonly do: "wait"; readonly ms: number };

const who = fc.nat({ max: CLIENTS - 1 });
const node = fc.nat({ max: NODES - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ do: fc.constant("send"), who, to: who, times: fc.constantFrom(1, 1, 2, 20) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("stop", "deafen", "wake", "wake"), node }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("kill"), node }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("store"), isThere: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("lose"), who }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.constantFrom(0, 10, 1_000, 3_000, 8_000, 20_000, 60_000) }),
  },
);

/** What one connection sent to one peer, in order. */
interface Talk {
  readonly connection: Connection;
  readonly to: string;
  readonly payloads: string[];
}

interface Connection {
  readonly node: RoomNode;
  peer: Peer | null;
  isOpen: boolean;
}

interface Stay {
  readonly peerId: string;
  readonly signals: string[];
}

/** A client that comes back whenever its connection ends, and counts. */
class Client {
  connection: Connection | null = null;
  others = new Set<string>();
  readonly stays: Stay[] = [];
  #token: string | undefined;
  #count = 0;

  get isSeated(): boolean {
    return this.connection?.isOpen === true && this.connection.peer !== null;
  }

  enter(at: RoomNode): void {
    const connection: Connection = { node: at, peer: null, isOpen: true };
    this.connection = connection;
    const ifOpen = (run: () => void): boolean => {
      if (connection.isOpen) run();
      return connection.isOpen;
    };
    const link: PeerLink = {
      welcome: ({ peerId, peers, resumeToken }) =>
        void ifOpen(() => {
          this.#token = resumeToken;
          this.#count = 0;
          this.others = new Set(peers);
          this.stays.push({ peerId, signals: [] });
        }),
      resumed: () => {},
      deliver: (notice, number) =>
        ifOpen(() => {
          this.#count++;
          if (notice.type === "signal") this.stays.at(-1)!.signals.push(notice.payload);
          else if (notice.type === "joined") this.others.add(notice.peerId);
          else if (notice.type === "left") this.others.delete(notice.peerId);
          // The pong comes a little later.
          queueMicrotask(() => at.does(() => connection.peer?.confirm(number)));
        }),
      end: () => this.#ended(connection),
    };
    const received = this.#token === undefined ? undefined : this.#count;
    const entry = { roomId: "room", resume: this.#token, received };
    at.does(() => {
      at.rooms.enter(entry, link).then(
        (peer) => {
          connection.peer = peer;
          if (!connection.isOpen) at.does(() => peer.disconnected("lost"));
        },
        () => this.#ended(connection),
      );
    });
  }

  lose(): void {
    if (this.connection !== null) this.#ended(this.connection);
  }

  #ended(connection: Connection): void {
    if (!connection.isOpen) return;
    connection.isOpen = false;
    connection.node.does(() => connection.peer?.disconnected("lost"));
  }
}

class World {
  readonly clients = Array.from({ length: CLIENTS }, () => new Client());
  readonly talks: Talk[] = [];
  readonly #clock: VirtualClock;
  readonly #cluster: RoomNodes;
  readonly #killed = new Set<number>();
  #messages = 0;
  #entries = 0;

  constructor(clock: VirtualClock, cluster: RoomNodes) {
    this.#clock = clock;
    this.#cluster = cluster;
  }

  /** Time passes, and whoever has no connection comes back, each time to another node. */
  async wait(ms: number): Promise<void> {
    for (let left = ms; left >= 0; left -= 1_000) {
      await this.#clock.advance(Math.min(left, 1_000));
      const alive = this.#cluster.nodes.filter((_, at) => !this.#killed.has(at));
      for (const client of this.clients) {
        if (client.connection?.isOpen !== true) client.enter(alive[this.#entries++ % alive.length]!);
      }
      for (let turn = 0; turn < 4; turn++) await this.#clock.advance(0);
    }
  }

  take(one: Exclude<Step, { do: "wait" }>): void {
    if (one.do === "send") this.#send(this.clients[one.who]!, this.clients[one.to]!, one.times);
    else if (one.do === "store") this.#cluster.setStore(one.isThere);
    else if (one.do === "lose") this.clients[one.who]!.lose();
    else if (one.do === "kill") this.#kill(one.node);
    else if (!this.#killed.has(one.node)) this.#hold(one.do, this.#cluster.nodes[one.node]!);
  }

  async heal(): Promise<void> {
    this.#cluster.setStore(true);
    for (const [at, one] of this.#cluster.nodes.entries()) if (!this.#killed.has(at)) one.wake();
    await this.wait(90_000);
  }

  figures() {
    return this.#cluster.nodes.filter((_, at) => !this.#killed.has(at)).map((one) => one.rooms.figures());
  }

  #hold(how: "stop" | "deafen" | "wake", held: RoomNode): void {
    if (how === "wake") held.wake();
    else held.stop(how === "deafen");
  }

  #kill(at: number): void {
    // Two stay alive, so that there is somewhere else to go.
    if (this.#killed.has(at) || this.#killed.size === NODES - 2) return;
    this.#killed.add(at);
    const killed = this.#cluster.nodes[at]!;
    killed.kill();
    for (const client of this.clients) if (client.connection?.node === killed) client.lose();
  }

  #send(from: Client, to: Client, times: number): void {
    const { connection } = from;
    const receiver = to.stays.at(-1)?.peerId;
    if (!from.isSeated || from === to || receiver === undefined || !from.others.has(receiver)) return;
    const known = this.talks.find((talk) => talk.connection === connection && talk.to === receiver);
    const talk = known ?? { connection: connection!, to: receiver, payloads: [] };
    if (known === undefined) this.talks.push(talk);
    for (let count = 0; count < times; count++) {
      const payload = `${++this.#messages}`;
      talk.payloads.push(payload);
      connection!.node.does(() => connection!.peer!.send({ to: receiver, farewell: false, payload }));
    }
  }
}

test("whatever happens to nodes and store, peers meet again and no signal is missing in silence", async () => {
  let delivered = 0;
  let stays = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 80, size: "max" }), async (steps) => {
      const clock = createVirtualClock();
      const cluster = await startRoomNodes({ clock, count: NODES, capacity: 1_000, resumeMs: RESUME_MS });
      const world = new World(clock, cluster);
      await world.wait(3_000);
      for (const one of steps) {
        if (one.do === "wait") await world.wait(one.ms);
        else world.take(one);
      }
      await world.heal();

      const last = world.clients.map((client) => client.stays.at(-1)!);
      for (const [at, client] of world.clients.entries()) {
        expect(client.isSeated).toBe(true);
        const others = last.filter((_, other) => other !== at).map(({ peerId }) => peerId);
        expect([...client.others].sort()).toEqual(others.sort());
        stays += client.stays.length;
        for (const { peerId, signals } of client.stays) {
          expect(new Set(signals).size).toBe(signals.length);
          delivered += signals.length;
          for (const talk of world.talks.filter(({ to }) => to === peerId)) {
            const came = signals.filter((payload) => talk.payloads.includes(payload));
            // What did not come was behind all that did, and its sender's connection has ended, or the receiver's stay.
            expect(came).toEqual(talk.payloads.slice(0, came.length));
            if (talk.connection.isOpen && last[at]!.peerId === peerId) expect(came).toEqual(talk.payloads);
          }
        }
      }
      // One node runs the room, and nobody else has a seat in it.
      expect(world.figures().reduce((sum, one) => sum + one.rooms, 0)).toBe(1);
      expect(world.figures().reduce((sum, one) => sum + one.peers, 0)).toBe(CLIENTS);
    }),
    { numRuns: 150 },
  );
  expect(delivered).toBeGreaterThan(1_000);
  expect(stays).toBeGreaterThan(150 * CLIENTS);
}, 120_000);
