import { Hosts } from "../../core/sessions/hosts.ts";
import { createOverview } from "../../core/sessions/overview.ts";
import { SessionMatches } from "../../core/sessions/session-matches.ts";
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
  const { access, entitlements, company, showcase, failed } = ground;
  const { journal, sources, censuses } = showcase;
  const { random } = engine;
  const { clock } = records;
  const forget = async (publicId: string): Promise<void> => {
    if (company === null) return;
    const { hostId: host } = await sessions.get(publicId);
    await matches.left({ host, session: publicId });
  };
  const close = (publicId: string): void => {
    mailbox.close(publicId).catch(failed("could not empty a session's mailbox"));
    forget(publicId).catch(failed("could not forget who was in a session"));
  };
  const silenceMs = config.HOST_SILENCE_SECONDS * 1000;
  const matches = new SessionMatches({
    entitlements,
    company,
    silenceMs,
    failed: failed("could not forget who was in a session"),
  });
  const hosts = new Hosts({
    records: notedHosts(records.hosts, journal),
    clock,
    silenceMs,
    onEnded: (publicIds) => publicIds.forEach(close),
  });
  // A session that ends closes its mailbox, and the mailbox asks whether a session is open.
  const sessions: Sessions = new Sessions({
    records: notedSessions(records.sessions, journal),
    clock,
    random,
    silentSince: () => hosts.silentSince(),
    pendingMs: config.SESSION_PENDING_MINUTES === 0 ? null : config.SESSION_PENDING_MINUTES * 60_000,
    hasListened: () => hosts.hasListened(),
    onEnded: close,
    // In open mode a player in the list and a peer in the mailbox have nothing to do with each other.
    async onLeft({ hostId: host, publicId: session }, peer) {
      if (access.asks) await Promise.all([mailbox.left(session, peer), matches.left({ host, session, peer })]);
    },
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
    matches,
    clock,
    limit,
    connecting: allOf(limit, limits.connect),
    beating: limits.ownHeartbeat,
    opening: limits.open,
    maxMessageBytes: config.MAX_MESSAGE_BYTES,
    overview,
    stores: { postgres: records.shared, redis: () => engine.redis() },
    failed: failed("could not look for silent hosts and abandoned sessions"),
  });
}
