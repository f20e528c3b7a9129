import { beforeEach, expect, test } from "bun:test";
import { createMemoryLeases } from "../../adapters/memory/leases.ts";
import { systemRandom } from "../../adapters/system/random.ts";
import { startRoomNodes, type RoomNodes } from "../../../test/support/room-nodes.ts";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import type { PeerLink } from "../signaling/peer-link.ts";
import type { Peer } from "../signaling/rooms.ts";
import type { HostMirror } from "./host-mirror.ts";
import { HostPool, type HostPoolOptions } from "./host-pool.ts";
import { createRoomArrivals } from "./room-arrivals.ts";
import { RoomOccupancy } from "./room-occupancy.ts";

let clock: VirtualClock;
let cluster: RoomNodes;
let pools: HostPool[];
/** The same on a store with a documented record of each host. */
let shown: HostPool[];

/** Three nodes that share the pool's leases; each follows the rooms it is home of. */
beforeEach(async () => {
  clock = createVirtualClock();
  const leases = createMemoryLeases(clock);
  const occupancies = new Map<string, RoomOccupancy>();
  cluster = await startRoomNodes({
    clock,
    count: 3,
    capacity: 2,
    resumeMs: 30_000,
    onOccupancy: (room, _, node) => occupancies.get(node)!.changed(room),
    onMoved: (room, node) => occupancies.get(node)!.forget(room),
  });
  pools = [];
  shown = [];
  for (const { id, rooms, courier, membership, clock: own } of cluster.nodes) {
    const options: HostPoolOptions = {
      leases,
      clock,
      random: systemRandom,
      leaseMs: 3_600_000,
      allocationMs: 1,
      onArrived: (host) => void occupancies.get(id)!.arrived(host.room),
    };
    const pool = new HostPool(options);
    const occupancy = (room: string): number => rooms.occupancy(room);
    occupancies.set(id, new RoomOccupancy({ pool, clock: own, occupancy, failed: () => undefined }));
    const arrivals = createRoomArrivals({
      courier,
      membership,
      homeOf: (room) => rooms.homeOf(room),
      arrived: (room) => occupancies.get(id)!.arrived(room),
    });
    pools.push(pool);
    shown.push(new HostPool({ ...options, mirror, arrivals, onArrived: () => undefined }));
  }
  await clock.advance(2_000);
});

const none = async (): Promise<void> => undefined;
const mirror: HostMirror = {
  beat: none,
  changed: none,
  freed: none,
  left: none,
  confirm: async (host) => ({ host, isShown: true }),
};

async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await clock.advance(0);
}

async function enter(at: number): Promise<Peer> {
  const link: PeerLink = { welcome() {}, resumed() {}, deliver: () => true, end: () => undefined };
  const entering = cluster.nodes[at]!.rooms.enter({ roomId: "room" }, link);
  await settled();
  return entering;
}

async function leave(peer: Peer): Promise<void> {
  peer.send({ farewell: true, payload: "bye" });
  peer.disconnected("closed");
  await settled();
}

const beat = (at: number, among = pools) =>
  among[at]!.beat({ id: "h", room: "room", region: "local", publicIp: "", info: {}, state: "idle" });
const counts = async () => {
  const { idle: free, allocated, busy: taken } = await pools[0]!.counts();
  return { idle: free, allocated, busy: taken };
};
const busy = { idle: 0, allocated: 0, busy: 1 };
const idle = { idle: 1, allocated: 0, busy: 0 };

test("a host that beats at a third node is busy while two are in its room, and idle afterwards", async () => {
  await beat(2);
  await enter(0);
  const player = await enter(1);
  expect(await counts()).toEqual(busy);
  await clock.advance(60_000);
  expect(await counts()).toEqual(busy);
  await leave(player);
  expect(await counts()).toEqual(idle);
});

test("a host that comes into a full room at another node than its home is busy within six seconds", async () => {
  await enter(0);
  const player = await enter(1);
  await beat(2);
  await clock.advance(6_000);
  expect(await counts()).toEqual(busy);
  await leave(player);
  expect(await counts()).toEqual(idle);
});

test("a node that is not the room's home any more does not make its host idle", async () => {
  await beat(2);
  await enter(0);
  await enter(1);
  cluster.nodes[0]!.stop();
  await clock.advance(15_000);
  // The session goes on at another node.
  await enter(1);
  await enter(2);
  expect(await counts()).toEqual(busy);
  cluster.nodes[0]!.wake();
  for (let second = 0; second < 60; second++) {
    await clock.advance(1_000);
    expect(await counts()).toEqual(busy);
  }
});

test("a home that dies leaves no host busy for good", async () => {
  await beat(2);
  await enter(0);
  await enter(1);
  cluster.nodes[0]!.kill();
  await clock.advance(20_000);
  expect(await counts()).toEqual(idle);
});

/** Whether somebody who looks for the host all the while could get it before it has registered, or right then. */
async function isEverFree(registering: void | Promise<void>): Promise<boolean> {
  let isDone = false;
  void Promise.resolve(registering).then(() => (isDone = true));
  for (let isLast = false; ; isLast = isDone) {
    await Promise.resolve();
    if ((await counts()).idle > 0) return true;
    if (isLast) return false;
    await clock.advance(0);
  }
}

test("a host that registers while two are in its room is never found, whichever node runs the room", async () => {
  await enter(0);
  const player = await enter(1);
  for (const at of [2, 1, 0]) {
    expect(await isEverFree(beat(at, shown))).toBe(false);
    expect(await counts()).toEqual(busy);
    await clock.advance(60_000);
    expect(await counts()).toEqual(busy);
    await pools[0]!.leave("h");
  }
  expect(await isEverFree(beat(2, shown))).toBe(false);
  await leave(player);
  expect(await counts()).toEqual(idle);
});

test("a host that registers is found at once if it is alone in its room, or nobody is in it", async () => {
  await beat(2, shown);
  expect(await counts()).toEqual(idle);
  await pools[0]!.leave("h");
  await enter(0);
  expect(await isEverFree(beat(2, shown))).toBe(true);
  expect(await counts()).toEqual(idle);
});

test("a host does not wait for the session of another one in the same room", async () => {
  await pools[0]!.beat({ id: "first", room: "room", region: "local", publicIp: "", info: {} });
  await enter(0);
  await enter(1);
  cluster.nodes[0]!.stop();
  await beat(2, shown);
  expect(await counts()).toEqual({ idle: 1, allocated: 0, busy: 1 });
});

test("a home that does not answer holds no registration up for more than a second", async () => {
  await enter(0);
  await enter(1);
  cluster.nodes[0]!.stop();
  let isDone = false;
  void Promise.resolve(beat(2, shown)).then(() => (isDone = true));
  await settled();
  await clock.advance(900);
  expect(isDone).toBe(false);
  await clock.advance(200);
  expect(isDone).toBe(true);
  expect(await counts()).toEqual(idle);
  await clock.advance(15_000);
  await pools[0]!.leave("h");
  // By now it is known to be dead.
  await beat(2, shown);
});
