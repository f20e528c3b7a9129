import { evmSigners } from "../adapters/evm/signers.ts";
import { createIceServers } from "../core/credentials/ice-servers.ts";
import { Devices } from "../core/devices/devices.ts";
import { Matches } from "../core/matches/matches.ts";
import { Queue } from "../core/matches/queue.ts";
import { QueueWatch } from "../core/matches/queue-watch.ts";
import { HostPool } from "../core/presence/host-pool.ts";
import { RoomOccupancy } from "../core/presence/room-occupancy.ts";
import { Ratings } from "../core/ratings/ratings.ts";
import { Hosts } from "../core/sessions/hosts.ts";
import { createOverview } from "../core/sessions/overview.ts";
import { Sessions } from "../core/sessions/sessions.ts";
import { Zones } from "../core/sessions/zones.ts";
import { Mailbox } from "../core/signaling/mailbox.ts";
import { createRoomDirectory } from "../core/signaling/room-directory.ts";
import { Signatures } from "../core/signatures/signatures.ts";
import { Wagers } from "../core/wagers/wagers.ts";
import { arenaFace } from "../faces/arena/face.ts";
import { coordinatorFace } from "../faces/coordinator/face.ts";
import { devicesFace } from "../faces/devices/face.ts";
import { createOutside } from "../faces/devices/outside.ts";
import { hostPoolFace } from "../faces/host-pool/face.ts";
import { ForeignHosts } from "../faces/host-pool/foreign-hosts.ts";
import { createHostMirror } from "../faces/host-pool/mirror.ts";
import { iceServersFace } from "../faces/ice-servers/face.ts";
import { roomsFace } from "../faces/rooms/face.ts";
import { videoChatFace } from "../faces/video-chat/face.ts";
import type { Face } from "../transport/face.ts";
import { createPeople } from "./accounts.ts";
import type { ClusterLink } from "./cluster.ts";
import type { Config } from "./config/settings.ts";
import type { Engine } from "./engine.ts";
import type { FaceName } from "./face-names.ts";
import type { FailureLog } from "./failures.ts";
import { requestLimit } from "./gate.ts";
import type { RecordKeeper } from "./records.ts";

/**
 * Builds the core services on the engine's adapters, and on them the faces that FACES names. `records` is null if none
 * of these keeps any.
 */
export function assemble(
  config: Config,
  engine: Engine,
  records: RecordKeeper | null,
  cluster: ClusterLink,
  report: FailureLog,
): readonly Face[] {
  const { clock, random } = engine;
  const failed = (what: string) => (error: unknown) => report(what, error);
  const iceServers = createIceServers({
    clock,
    stunUrls: config.STUN_URLS,
    turnUrls: config.TURN_URLS,
    secret: config.TURN_SECRET,
    ttlSeconds: config.TURN_TTL_SECONDS,
  });

  // The room a host waits in and the pool tell each other what happens: each needs the other, so the tie comes last.
  const leases = engine.leases("host-pool");
  const pool: HostPool = new HostPool({
    leases,
    clock,
    random,
    leaseMs: config.HOST_LEASE_SECONDS * 1000,
    allocationMs: config.ALLOCATION_SECONDS * 1000,
    mirror: engine.wireKeys === null ? undefined : createHostMirror(engine.wireKeys, config.DEFAULT_REGION),
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
    iceServersFor: iceServers,
    onOccupancy: (room) => occupancy.changed(room),
  });
  const occupancy: RoomOccupancy = new RoomOccupancy({
    pool,
    clock,
    occupancy: (room) => rooms.occupancy(room),
    failed: failed("could not tell the pool who is in a room"),
  });

  const build: Record<FaceName, () => Face> = {
    "host-pool": () =>
      hostPoolFace({
        pool,
        random,
        leases,
        clock,
        iceServers,
        defaultRegion: config.DEFAULT_REGION,
        leaseSeconds: config.HOST_LEASE_SECONDS,
        signalingUrl: config.SIGNALING_URL,
        publicUrl: config.PUBLIC_URL,
        foreignHosts:
          engine.wireKeys === null
            ? null
            : new ForeignHosts({
                keys: engine.wireKeys,
                pool,
                clock,
                defaultRegion: config.DEFAULT_REGION,
                leaseMs: config.HOST_LEASE_SECONDS * 1000,
                failed: failed("could not look for hosts of other programs"),
              }),
        failed: failed("could not sweep the host pool"),
      }),
    coordinator: () => coordinator(config, engine, records!, cluster, report),
    devices: () => devices(config, engine, records!, cluster, report),
    rooms: () =>
      roomsFace({
        rooms,
        maxMessageBytes: config.MAX_MESSAGE_BYTES,
        failed: failed("could not give the rooms up"),
      }),
    arena: () => arena(config, engine, records!, report),
    "video-chat": () =>
      videoChatFace({
        tickets: engine.tickets("video-chat"),
        clock,
        courier: cluster.courier,
        membership: cluster.membership,
        failed: failed("a step of the video chat failed"),
      }),
  };
  return [
    ...config.FACES.map((name) => build[name]()),
    iceServersFace({ iceServers, random, ttlSeconds: config.TURN_TTL_SECONDS }),
  ];
}

function devices(
  config: Config,
  engine: Engine,
  records: RecordKeeper,
  cluster: ClusterLink,
  report: FailureLog,
): Face {
  const { clock, random } = engine;
  const failed = (what: string) => (error: unknown) => report(what, error);
  const people = createPeople(config, engine, records, failed("a step of the accounts failed"));
  return devicesFace({
    ...people,
    devices: new Devices({
      ...cluster,
      presences: engine.presences("devices"),
      directory: people.directory,
      clock,
      random,
      isStoreAway: () => engine.redis() === "unhealthy",
      outside: createDevicesOutside(engine, cluster, failed("could not tell programs of another make")),
      failed: failed("a step of the devices failed"),
    }),
    clock,
    limit: requestLimit("devices", config, engine.rates),
    maxMessageBytes: config.MAX_MESSAGE_BYTES,
    rate: { perSecond: config.SOCKET_MESSAGES_PER_SECOND, burst: 5 * config.SOCKET_MESSAGES_PER_SECOND },
    perAddress: config.SOCKETS_PER_ADDRESS,
    countsLocal: config.RATE_LIMIT_LOOPBACK === "on",
    failed: failed("could not forget what is past its time"),
  });
}

function createDevicesOutside(engine: Engine, { courier }: ClusterLink, failed: (error: unknown) => void) {
  const { wireKeys: keys, wireFields: fields, wireChannel: channel, clock } = engine;
  if (keys === null || fields === null || channel === null) return null;
  return createOutside({ keys, fields, channel, node: courier.node, clock, failed });
}

function coordinator(
  config: Config,
  engine: Engine,
  records: RecordKeeper,
  cluster: ClusterLink,
  report: FailureLog,
): Face {
  const { clock, random } = engine;
  const failed = (what: string) => (error: unknown) => report(what, error);
  const close = (publicId: string): void => {
    mailbox.close(publicId).catch(failed("could not empty a session's mailbox"));
  };
  const hosts = new Hosts({
    records: records.hosts,
    clock,
    silenceMs: config.HOST_SILENCE_SECONDS * 1000,
    onEnded: (publicIds) => publicIds.forEach(close),
  });
  // A session that ends closes its mailbox, and the mailbox asks whether a session is open.
  const sessions: Sessions = new Sessions({
    records: records.sessions,
    clock,
    random,
    silentSince: () => hosts.silentSince(),
    onEnded: close,
  });
  const mailbox = new Mailbox({
    mailboxes: engine.mailboxes,
    presences: engine.presences("listeners"),
    courier: cluster.courier,
    membership: cluster.membership,
    clock,
    sessions,
    ttlMs: config.SDP_TTL_SECONDS * 1000,
    failed: failed("a step of the signaling failed"),
  });
  return coordinatorFace({
    hosts,
    zones: new Zones({ records: records.zones, clock }),
    sessions,
    mailbox,
    clock,
    limit: requestLimit("coordinator", config, engine.rates),
    maxMessageBytes: config.MAX_MESSAGE_BYTES,
    overview: createOverview(records.tallies),
    stores: { postgres: records.shared, redis: () => engine.redis() },
    failed: failed("could not look for silent hosts"),
  });
}

function arena(config: Config, engine: Engine, records: RecordKeeper, report: FailureLog): Face {
  const { clock, random, bus } = engine;
  const { matches, ratings } = records;
  const failed = (what: string) => (error: unknown) => report(what, error);
  const verifies = config.ARENA_VERIFY_SIGNATURES === "on";
  const watch = new QueueWatch({ bus, clock, failed: failed("could not tell who watches the queue") });
  return arenaFace({
    queue: new Queue({ queue: records.queue, matches, clock, random, onLeft: (queueId) => watch.left(queueId) }),
    watch,
    matches: new Matches({ matches, clock, ratesUnsigned: !verifies }),
    signatures: new Signatures({
      matches,
      clock,
      proof: { chainId: config.MONAD_CHAIN_ID, contract: config.MATCH_PROOF },
      signers: verifies ? evmSigners : null,
    }),
    wagers: new Wagers({ matches, clock }),
    ratings: new Ratings({ ratings }),
    adminToken: config.ADMIN_TOKEN,
    clock,
    // Nothing streams frames yet.
    liveMatchIds: async () => [],
    failed: failed("could not look for expired entries and matches"),
  });
}
