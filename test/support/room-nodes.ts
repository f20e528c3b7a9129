import { createMemoryBus } from "../../src/adapters/memory/bus.ts";
import { createMemoryHomes } from "../../src/adapters/memory/homes.ts";
import { createMemoryNodes } from "../../src/adapters/memory/nodes.ts";
import { createBusCourier } from "../../src/core/cluster/bus-courier.ts";
import type { Courier } from "../../src/core/cluster/courier.ts";
import { createMembership } from "../../src/core/cluster/leased-membership.ts";
import { NODE_LEASE_MS, type Membership } from "../../src/core/cluster/membership.ts";
import { createRoomDirectory, type RoomDirectory } from "../../src/core/signaling/room-directory.ts";
import type { Bus, Subscription } from "../../src/ports/bus.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Homes } from "../../src/ports/homes.ts";
import type { Nodes } from "../../src/ports/nodes.ts";
import { StoreUnavailable } from "../../src/ports/store-error.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** One node of several that run rooms together, in one process. */
export interface RoomNode {
  readonly id: string;
  readonly rooms: RoomDirectory;
  readonly courier: Courier;
  readonly membership: Membership;
  /** Stands still with the node. */
  readonly clock: Clock;
  /** What comes from outside: it happens when the node runs, and never when it is dead. */
  does(event: () => void): void;
  /** As if the process were killed: nothing of it happens any more, and nobody is told. */
  kill(): void;
  /** As SIGSTOP and SIGCONT: what is due or arrives meanwhile happens on waking. `deaf`: what other nodes say is lost. */
  stop(deaf?: boolean): void;
  wake(): void;
}

export interface RoomNodes {
  readonly nodes: readonly RoomNode[];
  readonly homes: Homes;
  /** False: the store does not answer, and the nodes do not hear of each other. */
  setStore(isThere: boolean): void;
  /** Prolongs a node's lease in its place. */
  beatFor(node: string): void;
}

export interface RoomNodesOptions {
  readonly clock: VirtualClock;
  readonly count: number;
  readonly capacity: number;
  readonly resumeMs: number;
  onOccupancy?(roomId: string, peers: number, node: string): void;
  onMoved?(roomId: string, node: string): void;
}

/** Ids and tokens are p1 and t1, p2 and t2 and so on, whichever node gives them. */
export async function startRoomNodes(options: RoomNodesOptions): Promise<RoomNodes> {
  const { clock, count, capacity, resumeMs } = options;
  const store = { isThere: true };
  const bus = createMemoryBus();
  const homes = createMemoryHomes(clock);
  const shared = createMemoryNodes(clock);
  let ids = 0;
  const nodes: RoomNode[] = [];
  for (let at = 0; at < count; at++) {
    const id = `n${at}`;
    const power = createPower(clock);
    const reach = <Port extends object>(port: Port): Port => reachable(port, () => store.isThere && !power.isDead());
    const courier = createBusCourier({
      node: id,
      bus: reach(heardBy(bus, power, () => store.isThere)),
      clock: power.clock,
      failed: () => undefined,
    });
    const membership = createMembership({
      node: id,
      nodes: reach<Nodes>(shared),
      faces: ["rooms"],
      clock: power.clock,
      failed: () => undefined,
    });
    const rooms = createRoomDirectory({
      clock: power.clock,
      random: { uuid: () => `p${++ids}`, token: () => `t${ids}`, unit: () => 0 },
      capacity,
      resumeMs,
      iceServersFor: (peerId) => [{ urls: "turn:127.0.0.1", username: peerId }],
      onOccupancy: (room, peers) => options.onOccupancy?.(room, peers, id),
      onMoved: (room) => options.onMoved?.(room, id),
      homes: reach(homes),
      courier,
      membership,
      failed: () => undefined,
    });
    courier.start();
    rooms.start();
    await membership.start();
    nodes.push({
      id,
      rooms,
      courier,
      membership,
      clock: power.clock,
      does: power.whenOn,
      kill: power.kill,
      stop: power.stop,
      wake: power.wake,
    });
  }
  return {
    nodes,
    homes,
    setStore: (isThere) => void (store.isThere = isThere),
    beatFor: (node) => void shared.beat({ id: node, value: "" }, NODE_LEASE_MS),
  };
}

/** Every verb of the port fails while it is out of reach. */
function reachable<Port extends object>(port: Port, isThere: () => boolean): Port {
  return new Proxy(port, {
    get(target, name) {
      const verb = Reflect.get(target, name) as (...args: unknown[]) => unknown;
      if (name === "subscribe" || name === "onGap") return verb;
      return (...args: unknown[]) =>
        isThere() ? verb.apply(target, args) : Promise.reject(new StoreUnavailable(new Error("out of reach")));
    },
  });
}

type Power = ReturnType<typeof createPower>;

function createPower(clock: Clock) {
  let state: "on" | "stopped" | "dead" = "on";
  let isDeaf = false;
  const waiting: (() => void)[] = [];
  const ends: (() => void)[] = [];
  const whenOn = (run: () => void): void => {
    if (state === "on") run();
    else if (state === "stopped") waiting.push(run);
  };
  const own: Clock = {
    now: () => clock.now(),
    after: (ms, run) => clock.after(ms, () => whenOn(run)),
    every(ms, run) {
      let isDue = false;
      return clock.every(ms, () => {
        if (isDue) return;
        isDue = true;
        whenOn(() => {
          isDue = false;
          run();
        });
      });
    },
  };
  return {
    clock: own,
    whenOn,
    isDead: () => state === "dead",
    /** Called when the process ends, as the system closes its sockets. */
    atEnd: (run: () => void) => void ends.push(run),
    kill() {
      state = "dead";
      for (const end of ends) end();
    },
    hears: () => state === "on" || !isDeaf,
    stop(deaf = false) {
      state = "stopped";
      isDeaf = deaf;
    },
    wake() {
      state = "on";
      for (const run of waiting.splice(0)) run();
    },
  };
}

function heardBy(bus: Bus, power: Power, isThere: () => boolean): Bus {
  return {
    publish: (channel, message) => bus.publish(channel, message),
    subscribe(channel, hear): Subscription {
      const subscription = bus.subscribe(channel, (message) => {
        if (isThere() && power.hears()) power.whenOn(() => hear(message));
      });
      power.atEnd(() => subscription.end());
      return subscription;
    },
    onGap: (tell) => bus.onGap(tell),
  };
}
