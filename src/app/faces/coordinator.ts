import { Hosts } from "../../core/sessions/hosts.ts";
import { createOverview } from "../../core/sessions/overview.ts";
import { Sessions } from "../../core/sessions/sessions.ts";
import { Zones } from "../../core/sessions/zones.ts";
import { Mailbox } from "../../core/signaling/mailbox.ts";
import { notedHosts, notedSessions } from "../../core/journal/noted-sessions.ts";
import { coordinatorFace } from "../../faces/coordinator/face.ts";
import { coordinatorHosts, sessionSource } from "../../faces/operator/sources/coordinator.ts";
import { coordinatorCensus } from "../../faces/operator/sources/censuses.ts";
import type { Face } from "../../transport/face.ts";
import { allOf } from "../../transport/limits/limit.ts";
import type { RecordGround } from "./ground.ts";

export function buildCoordinator({ config, engine, records, cluster, limits, ...ground }: RecordGround): Face {
  const { entitlements, showcase, failed } = ground;
  const { journal, sources, censuses } = showcase;
  const { random } = engine;
  const { clock } = records;
  const close = (publicId: string): void => {
    mailbox.close(publicId).catch(failed("could not empty a session's mailbox"));
  };
  const hosts = new Hosts({
    records: notedHosts(records.hosts, journal),
    clock,
    silenceMs: config.HOST_SILENCE_SECONDS * 1000,
    onEnded: (publicIds) => publicIds.forEach(close),
  });
  // A session that ends closes its mailbox, and the mailbox asks whether a session is open.
  const sessions: Sessions = new Sessions({
    records: notedSessions(records.sessions, journal),
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
    relayOnly: config.ICE_POLICY === "relay",
    failed: failed("a step of the signaling failed"),
  });
  const overview = createOverview(records.tallies);
  sources.push(coordinatorHosts(hosts), sessionSource(sessions, records.operator));
  censuses.set("coordinator", () => coordinatorCensus(records.tallies, records.operator));
  const limit = limits.request("coordinator");
  return coordinatorFace({
    hosts,
    zones: new Zones({ records: records.zones, clock }),
    sessions,
    mailbox,
    entitlements,
    clock,
    limit,
    connecting: allOf(limit, limits.connect),
    beating: limits.ownHeartbeat,
    maxMessageBytes: config.MAX_MESSAGE_BYTES,
    overview,
    stores: { postgres: records.shared, redis: () => engine.redis() },
    failed: failed("could not look for silent hosts"),
  });
}
