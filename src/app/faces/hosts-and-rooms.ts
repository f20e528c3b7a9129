import type { IceServers } from "../../core/credentials/ice-servers.ts";
import { HostPool } from "../../core/presence/host-pool.ts";
import { createRollCall } from "../../core/observation/roll-call.ts";
import { Maintenance } from "../../core/presence/maintenance.ts";
import { PoolCensus } from "../../core/presence/pool-census.ts";
import { createRoomArrivals, type RoomArrivals } from "../../core/presence/room-arrivals.ts";
import { RoomOccupancy } from "../../core/presence/room-occupancy.ts";
import { createRoomDirectory } from "../../core/signaling/room-directory.ts";
import { ForeignHosts } from "../../faces/host-pool/foreign-hosts.ts";
import { createHostMirror } from "../../faces/host-pool/mirror.ts";
import { poolCensus } from "../../faces/operator/sources/censuses.ts";
import { poolHosts } from "../../faces/operator/sources/pool-hosts.ts";
import { roomSource } from "../../faces/operator/sources/rooms.ts";
import type { Face } from "../../transport/face.ts";
import { allOf } from "../../transport/limits/limit.ts";
import type { Ground } from "./ground.ts";

/**
 * The two faces that belong together: the room a host waits in and the pool tell each other what happens, whether both
 * are served or one of them.
 */
export function buildHostsAndRooms(ground: Ground, iceServers: IceServers) {
  const { config, engine, cluster, limits, access, entitlements, showcase, failed } = ground;
  const { journal, sources, censuses, numbers } = showcase;
  const { clock, random, wireKeys: keys } = engine;
  const leaseMs = config.HOST_LEASE_SECONDS * 1000;

  const stun = config.STUN_URLS.map((urls) => ({ urls }));

  // Each needs the other, so the tie comes last.
  const leases = engine.leases("host-pool");
  const maintenance = new Maintenance({
    presences: engine.presences("maintenance"),
    node: cluster.courier.node,
    clock,
    failed: failed("could not look which hosts are in maintenance"),
  });
  const isInMaintenance = (id: string): boolean => maintenance.has(id);
  const told = createRollCall({
    ...cluster,
    topic: "maintenance",
    async answer(text) {
      const [id, on] = JSON.parse(text) as [string, boolean];
      maintenance.hear(id, on);
      return "";
    },
    failed: failed("could not tell all nodes that a host is in maintenance"),
  });
  const pool: HostPool = new HostPool({
    leases,
    clock,
    random,
    leaseMs,
    allocationMs: config.ALLOCATION_SECONDS * 1000,
    mirror: keys === null ? undefined : createHostMirror(keys, config.DEFAULT_REGION),
    arrivals: {
      whom: (room) => arrivals.whom(room),
      tell: (node, room) => arrivals.tell(node, room),
    },
    onArrived: (host) => void occupancy.arrived(host.room),
    isInMaintenance,
    journal,
  });
  const rooms = createRoomDirectory({
    homes: engine.homes("rooms"),
    courier: cluster.courier,
    membership: cluster.membership,
    onMoved: (room) => occupancy.forget(room),
    failed: failed("a step of the rooms between the nodes failed"),
    clock,
    random,
    capacity: config.ROOM_CAPACITY,
    resumeMs: config.RESUME_SECONDS * 1000,
    iceServersFor: (peer, isMatched) => (isMatched || !access.asks ? iceServers(peer) : stun),
    matched: (subject) => entitlements.hold(subject),
    onOccupancy(room, peers) {
      journal.note("rooms", room, peers === 0 ? "emptied" : "occupied", `${peers} in it`);
      occupancy.changed(room);
    },
  });
  const occupancy: RoomOccupancy = new RoomOccupancy({
    pool,
    clock,
    occupancy: (room) => rooms.occupancy(room),
    failed: failed("could not tell the pool who is in a room"),
  });
  const arrivals: RoomArrivals = createRoomArrivals({
    ...cluster,
    homeOf: (room) => rooms.homeOf(room),
    arrived: (room) => occupancy.arrived(room),
  });

  const hostsOfOtherPrograms = () =>
    keys === null
      ? null
      : new ForeignHosts({
          keys,
          pool,
          clock,
          defaultRegion: config.DEFAULT_REGION,
          leaseMs,
          failed: failed("could not look for hosts of other programs"),
        });
  return {
    hostPool: async (): Promise<Face> => {
      const { hostPoolFace } = await import("../../faces/host-pool/face.ts");
      const setMaintenance = async (id: string, on: boolean): Promise<void> => {
        await maintenance.set(id, on);
        await told.all(JSON.stringify([id, on]));
      };
      sources.push(poolHosts({ pool, pages: leases, isInMaintenance, setMaintenance }));
      const census = new PoolCensus(leases, isInMaintenance);
      censuses.set("host-pool", () => poolCensus(census));
      return hostPoolFace({
        pool,
        limits,
        random,
        leases,
        clock,
        iceServers,
        stunServers: stun,
        matched: (subject) => entitlements.mark(subject, config.ALLOCATION_SECONDS * 1000),
        defaultRegion: config.DEFAULT_REGION,
        leaseSeconds: config.HOST_LEASE_SECONDS,
        signalingUrl: config.SIGNALING_URL,
        publicUrl: config.PUBLIC_URL,
        foreignHosts: hostsOfOtherPrograms(),
        maintenance,
        failed: failed("could not sweep the host pool"),
      });
    },
    rooms: async (): Promise<Face> => {
      const { roomsFace } = await import("../../faces/rooms/face.ts");
      sources.push(roomSource({ rooms, hostIn: (room) => pool.hostIn(room), node: cluster.courier.node }));
      numbers.push(() => {
        const { rooms: open, peers } = rooms.figures();
        return { rooms: open, peers };
      });
      return roomsFace({
        rooms,
        clock,
        hostIn: (room) => pool.hostIn(room),
        connecting: allOf(limits.connect, limits.turn),
        relayOnly: config.ICE_POLICY === "relay",
        maxMessageBytes: config.MAX_MESSAGE_BYTES,
      });
    },
  };
}
