import type { z } from "zod";
import type { SessionMatches } from "../../core/sessions/session-matches.ts";
import type { Sessions } from "../../core/sessions/sessions.ts";
import type { Caller } from "../../transport/http/call.ts";
import { policy } from "../../transport/http/policy.ts";
import { json, route, type Call, type Route } from "../../transport/http/route.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import { pageOf } from "./fields.ts";
import { listedSession, wholeSession } from "./present.ts";
import { sessionMetricsOf } from "./requests.ts";
import { playerBody, sessionBody, sessionMetricsBody, sessionsQuery } from "./schema.ts";
import { docs } from "./session-docs.ts";

type OpenCall = Call<z.output<typeof sessionBody>>;

export interface SessionRoutesOptions {
  readonly sessions: Sessions;
  readonly matches: Pick<SessionMatches, "joined" | "ran">;
  /** How often somebody may open one. */
  readonly opening: RequestLimit | undefined;
}

export function sessionRoutes({ sessions, matches, opening }: SessionRoutesOptions): readonly Route[] {
  const named = ({ params }: Pick<Call, "params">): string => params["session_id"] ?? "";
  /** The host that runs the session. */
  const asHost = policy.host(async (call) => (await sessions.get(named(call))).hostId);
  /** Whoever opens one: a player, or the host that is to run it. */
  const asOpener = policy.any(
    policy.client,
    policy.host(({ body }: OpenCall) => body.host_id ?? null),
  );
  const asJoining = policy.any(
    policy.player(({ body }: Call<z.output<typeof playerBody>>) => body.player_id),
    asHost,
  );
  const asLeaving = policy.any(
    policy.player(({ params }) => params["player_id"] ?? null),
    asHost,
  );

  return [
    route({
      method: "POST",
      path: "/api/sessions",
      urgency: "new",
      summary: "Opens a session on a host, or on the best one",
      doc: docs.create,
      policy: asOpener,
      limit: opening,
      body: sessionBody,
      async handle({ body, caller }) {
        const wish = {
          zoneId: body.zone_id,
          hostId: body.host_id ?? undefined,
          maxPlayers: body.max_players ?? undefined,
        };
        const session = await sessions.open(wish);
        if (isItself(caller, "host", session.hostId)) matches.ran(caller.subject, session.hostId);
        return json(201, listedSession(session));
      },
    }),
    route({
      method: "GET",
      path: "/api/sessions",
      summary: "Lists sessions, newest first",
      doc: docs.list,
      policy: policy.signedIn,
      query: sessionsQuery,
      async handle({ query }) {
        const { status, host_id: hostId, zone_id: zoneId } = query;
        const found = await sessions.list({ status, hostId, zoneId, ...pageOf(query) });
        return json(200, found.map(listedSession));
      },
    }),
    route({
      method: "GET",
      path: "/api/sessions/:session_id",
      summary: "Shows a session and its players",
      doc: docs.get,
      policy: policy.signedIn,
      async handle(call) {
        const session = await sessions.get(named(call));
        return json(200, wholeSession(session, await sessions.players(session)));
      },
    }),
    route({
      method: "POST",
      path: "/api/sessions/:session_id/activate",
      urgency: "finish",
      summary: "Makes a pending session active",
      doc: docs.activate,
      policy: asHost,
      async handle(call) {
        await sessions.activate(named(call));
        return json(200, { message: "Session activated successfully" });
      },
    }),
    route({
      method: "POST",
      path: "/api/sessions/:session_id/end",
      urgency: "finish",
      summary: "Ends a session",
      doc: docs.end,
      policy: asHost,
      async handle(call) {
        await sessions.end(named(call));
        return json(200, { message: "Session ended successfully" });
      },
    }),
    route({
      method: "PATCH",
      path: "/api/sessions/:session_id/metrics",
      summary: "Takes what a session's players measure",
      doc: docs.metrics,
      policy: asHost,
      body: sessionMetricsBody,
      async handle(call) {
        await sessions.measure(named(call), sessionMetricsOf(call.body));
        return json(200, { message: "Session metrics updated successfully" });
      },
    }),
    route({
      method: "POST",
      path: "/api/sessions/:session_id/players",
      summary: "Adds a player to a session",
      doc: docs.addPlayer,
      policy: asJoining,
      body: playerBody,
      async handle(call) {
        const player = call.body.player_id;
        const { id, publicId, hostId } = await sessions.join(named(call), player);
        // A player that others add has not come by itself.
        if (isItself(call.caller, "client", player)) {
          await matches.joined(call.caller.subject, { host: hostId, session: publicId, peer: player });
        }
        return json(200, { message: `Player ${player} added to session ${id}` });
      },
    }),
    route({
      method: "DELETE",
      path: "/api/sessions/:session_id/players/:player_id",
      urgency: "finish",
      summary: "Removes a player from a session",
      doc: docs.removePlayer,
      policy: asLeaving,
      async handle(call) {
        const player = call.params["player_id"] ?? "";
        const { id } = await sessions.leave(named(call), player);
        return json(200, { message: `Player ${player} removed from session ${id}` });
      },
    }),
  ];
}

/** False for operators, who may name anybody. */
function isItself(caller: Caller, scope: "host" | "client", id: string): boolean {
  return caller.may(scope, id) && !caller.may("admin");
}
