import type { IceServer } from "../../core/credentials/ice-servers.ts";
import { HostPool } from "../../core/presence/host-pool.ts";
import { RoomOccupancy } from "../../core/presence/room-occupancy.ts";
import { createRoomDirectory } from "../../core/signaling/room-directory.ts";
import { hostPoolFace } from "../../faces/host-pool/face.ts";
import { ForeignHosts } from "../../faces/host-pool/foreign-hosts.ts";
import { createHostMirror } from "../../faces/host-pool/mirror.ts";
import { roomsFace } from "../../faces/rooms/face.ts";
import type { Face } from "../../transport/face.ts";
import { allOf } from "../../transport/limits/limit.ts";
import type { Ground } from "./ground.ts";

/**
 * The two faces that belong together: the room a host waits in and the pool tell each other what happens, whether both
 * are served or one of them.
 */
export function buildHostsAndRooms(ground: Ground, iceServers: (user: string) => readonly IceServer[]) {
  const { config, engine, cluster, limits, access, entitlements, failed } = ground;
  const { clock, random, wireKeys: keys } = engine;
  const leaseMs = config.HOST_LEASE_SECONDS * 1000;

  const stun = config.STUN_URLS.map((urls) => ({ urls }));

  // Each needs the other, so the tie comes last.
  const leases = engine.leases("host-pool");
  const pool: HostPool = new HostPool({
    leases,
    clock,
    random,
    leaseMs,
    allocationMs: config.ALLOCATION_SECONDS * 1000,
    mirror: keys === null ? undefined : createHostMirror(keys, config.DEFAULT_REGION),
    onArrived: (host) => occupancy.arrived(host.room),
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
    onOccupancy: (room) => occupancy.changed(room),
  });
  const occupancy: RoomOccupancy = new RoomOccupancy({
    pool,
    clock,
    occupancy: (room) => rooms.occupancy(room),
    failed: failed("could not tell the pool who is in a room"),
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
    hostPool: (): Face =>
      hostPoolFace({
        pool,
        limits,
        random,
        leases,
        clock,
        iceServers,
        matched: (subject) => entitlements.mark(subject, config.ALLOCATION_SECONDS * 1000),
        defaultRegion: config.DEFAULT_REGION,
        leaseSeconds: config.HOST_LEASE_SECONDS,
        signalingUrl: config.SIGNALING_URL,
        publicUrl: config.PUBLIC_URL,
        foreignHosts: hostsOfOtherPrograms(),
        failed: failed("could not sweep the host pool"),
      }),
    rooms: (): Face =>
      roomsFace({
        rooms,
        clock,
        hostIn: (room) => pool.hostIn(room),
        connecting: allOf(limits.connect, limits.turn),
        relayOnly: config.ICE_POLICY === "relay",
        maxMessageBytes: config.MAX_MESSAGE_BYTES,
      }),
  };
}
