import type { People } from "./accounts.ts";
import type { Access } from "../core/access/access.ts";
import { createEntitlements, openEntitlements } from "../core/credentials/entitlements.ts";
import { createIceServers } from "../core/credentials/ice-servers.ts";
import { Opponents } from "../core/credentials/opponents.ts";
import { SessionCompany } from "../core/credentials/session-company.ts";
import { createJournal } from "../core/journal/journal.ts";
import { iceServersFace } from "../faces/ice-servers/face.ts";
import { createShowcase } from "../faces/operator/showcase.ts";
import { ticketsFace } from "../faces/tickets/face.ts";
import type { Face } from "../transport/face.ts";
import type { ClusterLink } from "./cluster.ts";
import type { Config } from "./config/settings.ts";
import type { Engine } from "./engine.ts";
import type { FaceName } from "./face-names.ts";
import { createAuditing } from "./faces/auditing.ts";
import type { Ground } from "./faces/ground.ts";
import { isMatched } from "./faces/ice-servers.ts";
import { buildHostsAndRooms } from "./faces/hosts-and-rooms.ts";
import { buildOperator } from "./faces/operator.ts";
import type { FailureLog } from "./failures.ts";
import type { Limits } from "./limits.ts";
import { processLink, type ProcessLink } from "./process-link.ts";
import type { RecordKeeper } from "./records.ts";
import { currentRequest } from "./request-scope.ts";

/** Who else there is: the other nodes, and whoever calls. */
export interface Company {
  readonly cluster: ClusterLink;
  readonly access: Access;
  /** Null where the devices are not served. */
  readonly people: People | null;
}

/**
 * Builds the core services on the engine's adapters, and on them the faces that FACES names. `records` is null if none
 * of these keeps any.
 */
export async function assemble(
  config: Config,
  engine: Engine,
  records: RecordKeeper | null,
  { cluster, access, people }: Company,
  limits: Limits,
  report: FailureLog,
  process: ProcessLink = processLink(config, engine, cluster.courier.node),
): Promise<readonly Face[]> {
  const { clock, random } = engine;
  const failed: Ground["failed"] = (what) => (error) => report(what, error);
  const noting = { clock, node: cluster.courier.node, failed: failed("could not note who is matched") };
  const company = access.asks
    ? new SessionCompany({ ...noting, presences: engine.presences("session-company") })
    : null;
  const opponents = access.asks ? new Opponents({ ...noting, presences: engine.presences("opponents") }) : null;
  const entitlements =
    company === null || opponents === null
      ? openEntitlements
      : createEntitlements({
          ...noting,
          presences: engine.presences("matched"),
          isMet: async (provisos, subject) =>
            (await company.isMet(provisos, subject)) || (await opponents.isMet(provisos, subject)),
        });
  const showcase = createShowcase(createJournal(engine.timeOfDay, () => currentRequest()?.request ?? null));
  const auditing = createAuditing(config, engine, records, {
    told: process.told,
    failed: failed("could not write the audit log"),
  });
  const ground: Ground = {
    config,
    engine,
    cluster,
    limits,
    access,
    entitlements,
    company,
    opponents,
    auditing,
    showcase,
    failed,
  };
  const iceServers = createIceServers({
    clock: engine.timeOfDay,
    stunUrls: config.STUN_URLS,
    turnUrls: config.TURN_URLS,
    secret: config.TURN_SECRET,
    ttlSeconds: config.TURN_TTL_SECONDS,
  });
  const hostsAndRooms = buildHostsAndRooms(ground, iceServers);

  // Each is loaded only where it is served: what the others would have in memory slows down whoever shares it with them.
  const build: Record<FaceName, () => Promise<Face>> = {
    "host-pool": hostsAndRooms.hostPool,
    rooms: hostsAndRooms.rooms,
    coordinator: async () => {
      const { buildCoordinator } = await import("./faces/coordinator.ts");
      return buildCoordinator({ ...ground, records: records! });
    },
    devices: async () => {
      const { buildDevices } = await import("./faces/devices.ts");
      return buildDevices({ ...ground, records: records! }, people!);
    },
    arena: async () => {
      const { buildArena } = await import("./faces/arena.ts");
      return buildArena({ ...ground, records: records! });
    },
    "video-chat": async () => (await import("./faces/video-chat.ts")).buildVideoChat(ground),
  };
  const faces: Face[] = [];
  // One after the other, since operators are shown what the faces have in the order in which these say so.
  for (const name of config.FACES) faces.push(await build[name]());
  return [
    ...faces,
    // After the faces, which have shown it by then what they have.
    buildOperator(ground, records, process),
    {
      ...iceServersFace({
        iceServers,
        limits,
        random,
        relayOnly: config.ICE_POLICY === "relay",
        ttlSeconds: config.TURN_TTL_SECONDS,
        // Without TURN there is nothing to keep from anybody.
        mayHave: access.asks && config.TURN_URLS.length > 0 ? isMatched(ground, people?.directory ?? null) : null,
      }),
      async stop() {
        entitlements.stop();
        company?.stop();
        opponents?.stop();
      },
    },
    ticketsFace({ issue: (token) => access.issueTicket(token), limit: limits.write }),
  ];
}
