import { Hosts } from "../../core/sessions/hosts.ts";
import { createOverview } from "../../core/sessions/overview.ts";
import { Sessions } from "../../core/sessions/sessions.ts";
import { Zones } from "../../core/sessions/zones.ts";
import { Mailbox } from "../../core/signaling/mailbox.ts";
import { coordinatorFace } from "../../faces/coordinator/face.ts";
import type { Face } from "../../transport/face.ts";
import { allOf } from "../../transport/limits/limit.ts";
import type { RecordGround } from "./ground.ts";

export function buildCoordinator({ config, engine, records, cluster, limits, ...ground }: RecordGround): Face {
  const { entitlements, failed } = ground;
  const { random } = engine;
  const { clock } = records;
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
    relayOnly: config.ICE_POLICY === "relay",
    failed: failed("a step of the signaling failed"),
  });
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
    overview: createOverview(records.tallies),
    stores: { postgres: records.shared, redis: () => engine.redis() },
    failed: failed("could not look for silent hosts"),
  });
}
