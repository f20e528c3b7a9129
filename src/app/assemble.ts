import { createIceServers } from "../core/credentials/ice-servers.ts";
import { iceServersFace } from "../faces/ice-servers/face.ts";
import { videoChatFace } from "../faces/video-chat/face.ts";
import type { Face } from "../transport/face.ts";
import type { ClusterLink } from "./cluster.ts";
import type { Config } from "./config/settings.ts";
import type { Engine } from "./engine.ts";
import type { FaceName } from "./face-names.ts";
import { buildArena } from "./faces/arena.ts";
import { buildCoordinator } from "./faces/coordinator.ts";
import { buildDevices } from "./faces/devices.ts";
import type { Ground } from "./faces/ground.ts";
import { buildHostsAndRooms } from "./faces/hosts-and-rooms.ts";
import { buildOperator } from "./faces/operator.ts";
import type { FailureLog } from "./failures.ts";
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
  const ground: Ground = { config, engine, cluster, failed: (what) => (error) => report(what, error) };
  const iceServers = createIceServers({
    clock,
    stunUrls: config.STUN_URLS,
    turnUrls: config.TURN_URLS,
    secret: config.TURN_SECRET,
    ttlSeconds: config.TURN_TTL_SECONDS,
  });
  const hostsAndRooms = buildHostsAndRooms(ground, iceServers);

  const build: Record<FaceName, () => Face> = {
    "host-pool": hostsAndRooms.hostPool,
    rooms: hostsAndRooms.rooms,
    coordinator: () => buildCoordinator({ ...ground, records: records! }),
    devices: () => buildDevices({ ...ground, records: records! }),
    arena: () => buildArena({ ...ground, records: records! }),
    "video-chat": () =>
      videoChatFace({
        tickets: engine.tickets("video-chat"),
        clock,
        courier: cluster.courier,
        membership: cluster.membership,
        failed: ground.failed("a step of the video chat failed"),
      }),
  };
  return [
    ...config.FACES.map((name) => build[name]()),
    ...(records === null ? [] : [buildOperator({ ...ground, records })]),
    iceServersFace({ iceServers, random, ttlSeconds: config.TURN_TTL_SECONDS }),
  ];
}
