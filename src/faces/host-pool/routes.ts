import type { Host } from "../../core/presence/host.ts";
import type { HostPool } from "../../core/presence/host-pool.ts";
import type { IceServer, IceServers } from "../../core/credentials/ice-servers.ts";
import type { Random } from "../../ports/random.ts";
import { JsonAnswer } from "../../transport/http/answer.ts";
import type { Call } from "../../transport/http/call.ts";
import { RecurringBodies } from "../../transport/http/recurring-bodies.ts";
import { policy } from "../../transport/http/policy.ts";
import { json, route, type Route } from "../../transport/http/route.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import { docs } from "./docs.ts";
import type { KnownBeats } from "./known-beats.ts";
import { createMatchWriter, DEFAULT_GAME_INFO, type SignalingSettings } from "./present.ts";
import { quickBeat, quickFind } from "./quick.ts";
import { findBody, heartbeatBody, statusBody } from "./schema.ts";

export interface HostPoolRoutesOptions extends SignalingSettings {
  readonly pool: HostPool;
  readonly limits: Readonly<Record<"heartbeat" | "find" | "write", RequestLimit | undefined>>;
  readonly random: Random;
  readonly iceServers: IceServers;
  /** Those that anybody may have: for whoever is matched with nobody. */
  readonly stunServers: readonly IceServer[];
  /** The caller has a host for as long as an allocation lasts. */
  matched(subject: string | null): void;
  readonly defaultRegion: string;
  /** What a heartbeat answers as its `ttl`, in seconds. */
  readonly leaseSeconds: number;
  readonly knownBeats: KnownBeats;
}

/** Clients have only a few regions to ask for. */
const KNOWN_FINDS = 64;

/** A host's token speaks for that host alone. */
const asHost = policy.host(({ body }: Call<{ readonly hostId: string }>) => body.hostId);

export function hostPoolRoutes(options: HostPoolRoutesOptions): readonly Route[] {
  const { pool, limits, random } = options;
  const writeMatch = createMatchWriter(options);
  const someone = (): string => random.token(9);

  const matched = (host: Host, call: Call): JsonAnswer => {
    const { caller } = call;
    // Whoever finds a host of its own has met nobody.
    const isOwn = caller.subject !== null && host.subject === caller.subject;
    if (!isOwn) options.matched(caller.subject);
    // The name in a TURN credential travels in the clear, and the room's is what opens the room.
    const iceServers = isOwn ? options.stunServers : options.iceServers(someone);
    return new JsonAnswer(200, writeMatch(host, call, iceServers));
  };
  const alive = json(200, { success: true, ttl: options.leaseSeconds });

  return [
    route({
      method: "POST",
      path: "/api/host/heartbeat",
      urgency: "finish",
      summary: "Registers a host or keeps it alive",
      doc: docs.heartbeat,
      policy: asHost,
      limit: limits.heartbeat,
      body: heartbeatBody,
      quick: quickBeat,
      recurring: options.knownBeats,
      handle(call) {
        const { body, caller } = call;
        const beaten = pool.beat({
          id: body.hostId,
          room: body.roomId,
          region: body.region || options.defaultRegion,
          publicIp: body.publicIp || call.address,
          info: body.gameInfo ?? DEFAULT_GAME_INFO,
          state: body.status ?? undefined,
          // The documented protocol refuses no beat; where hosts are known, a room is its host's.
          exclusive: caller.subject !== null && !caller.may("admin"),
          subject: caller.subject,
        });
        return beaten instanceof Promise ? beaten.then(() => alive) : alive;
      },
    }),
    route({
      method: "POST",
      path: "/api/host/status",
      urgency: "finish",
      summary: "Marks a host as busy or idle",
      doc: docs.status,
      policy: asHost,
      body: statusBody,
      async handle({ body }) {
        await pool.setState(body.hostId, body.status);
        return json(200, { success: true });
      },
    }),
    route({
      method: "DELETE",
      path: "/api/host/:hostId",
      urgency: "finish",
      summary: "Takes a host out of the pool at once",
      doc: docs.leave,
      policy: policy.host(({ params }) => params["hostId"] ?? null),
      async handle({ params }) {
        await pool.leave(params["hostId"] ?? "");
        return json(200, { success: true });
      },
    }),
    route({
      method: "POST",
      path: "/api/match/find",
      urgency: "new",
      summary: "Finds an idle host and keeps it for the caller",
      doc: docs.find,
      policy: policy.client,
      limit: limits.find,
      body: findBody,
      quick: quickFind,
      recurring: new RecurringBodies({ places: KNOWN_FINDS }),
      handle(call) {
        const found = pool.find(call.body.region || undefined);
        return found instanceof Promise ? found.then((host) => matched(host, call)) : matched(found, call);
      },
    }),
  ];
}
