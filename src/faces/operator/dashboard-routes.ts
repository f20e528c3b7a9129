import { DomainError } from "../../core/errors/errors.ts";
import { isStorable } from "../../core/text/storable.ts";
import type { Clock } from "../../ports/clock.ts";
import { eventStreamHeaders } from "../../transport/http/event-stream.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import type { Asking } from "../../transport/http/operator.ts";
import { policy } from "../../transport/http/policy.ts";
import { Refusal } from "../../transport/http/refusal.ts";
import { json, route, type Answer, type Call, type Route } from "../../transport/http/route.ts";
import { operatorOf, type DashboardAccess } from "./access.ts";
import type { Deed } from "./actions.ts";
import type { Dashboard } from "./dashboard.ts";
import { docs } from "./dashboard-docs.ts";
import { actBody, listQuery, liveQuery, maintenanceBody, searchQuery } from "./dashboard-schema.ts";
import { KINDS, type Kind } from "./wire.ts";

export interface DashboardRoutesOptions {
  readonly dashboard: Dashboard;
  readonly access: DashboardAccess;
  readonly clock: Clock;
  readonly timeOfDay: Pick<Clock, "now">;
  /** Of looking: a page that is open asks for a list now and then. */
  readonly reads: RequestLimit | undefined;
}

/** What the dashboard asks for, and what it does. */
export function dashboardRoutes(options: DashboardRoutesOptions): readonly Route[] {
  const { dashboard, access, reads } = options;
  const { objects, actions } = dashboard;
  const get = { method: "GET", policy: policy.operator, limit: reads } as const;
  const post = { method: "POST", policy: policy.operator } as const;
  const act = async (call: Asking, deed: Deed): Promise<Answer> => {
    const operator = await operatorOf(call, access);
    return json(200, await actions.do(operator, { ...deed, id: known(deed.id) }));
  };
  return [
    route({
      ...get,
      path: "/admin/live",
      summary: "Streams the overview, second by second",
      doc: docs.live,
      query: liveQuery,
      handle: (call) => live(call, options, call.query.once !== undefined),
    }),
    route({
      ...get,
      path: "/admin/search",
      summary: "Finds whatever has an id",
      doc: docs.search,
      query: searchQuery,
      async handle(call) {
        await operatorOf(call, access);
        return json(200, await objects.search(call.query.q));
      },
    }),
    route({
      ...get,
      path: "/admin/:kind",
      summary: "Lists objects of a kind",
      doc: docs.list,
      query: listQuery,
      async handle(call) {
        await operatorOf(call, access);
        return json(200, await objects.list(kindOf(call), call.query));
      },
    }),
    route({
      ...get,
      path: "/admin/:kind/:id",
      summary: "An object with its history",
      doc: docs.get,
      async handle(call) {
        await operatorOf(call, access);
        return json(200, await objects.get(kindOf(call), known(call.params["id"]!)));
      },
    }),
    route({
      ...post,
      path: "/admin/nodes/:id/drain",
      summary: "Drains a node",
      doc: docs.drain,
      body: actBody,
      handle: (call) => act(call, { kind: "nodes", name: "drain", id: call.params["id"]!, ...call.body }),
    }),
    route({
      ...post,
      path: "/admin/hosts/:face/:id/maintenance",
      summary: "Puts a host in maintenance, or takes it out",
      doc: docs.maintenance,
      body: maintenanceBody,
      handle: (call) => {
        const id = `${call.params["face"]!}:${call.params["id"]!}`;
        return act(call, { kind: "hosts", name: "maintenance", id, ...call.body });
      },
    }),
    route({
      ...post,
      path: "/admin/sessions/:id/end",
      summary: "Ends a session",
      doc: docs.end,
      body: actBody,
      handle: (call) => act(call, { kind: "sessions", name: "end", id: call.params["id"]!, ...call.body }),
    }),
    route({
      ...post,
      path: "/admin/tickets/:id/cancel",
      summary: "Cancels a ticket",
      doc: docs.cancel,
      body: actBody,
      handle: (call) => act(call, { kind: "tickets", name: "cancel", id: call.params["id"]!, ...call.body }),
    }),
    route({
      ...post,
      path: "/admin/devices/:id/kick",
      summary: "Ends the connection of a device",
      doc: docs.kick,
      body: actBody,
      handle: (call) => act(call, { kind: "devices", name: "kick", id: call.params["id"]!, ...call.body }),
    }),
  ];
}

async function live(call: Asking, options: DashboardRoutesOptions, isOnce: boolean): Promise<Response> {
  const { dashboard, access, clock, timeOfDay } = options;
  const { expiresAt } = await operatorOf(call, access);
  if (call.request.method === "HEAD") return new Response(null, { headers: eventStreamHeaders });
  const whenOver = (end: () => void): (() => void) => {
    if (expiresAt === null) return () => undefined;
    const timer = clock.after(Math.max(0, expiresAt - timeOfDay.now()), end);
    return () => timer.cancel();
  };
  return dashboard.live.open(whenOver, isOnce);
}

/** @throws {Refusal} unknown_path */
function kindOf({ params }: Pick<Call, "params">): Kind {
  const kind = KINDS.find((one) => one === params["kind"]);
  if (kind === undefined) throw new Refusal("unknown_path", `There are lists of ${KINDS.join(", ")}.`);
  return kind;
}

/** What no store can keep is nothing's id. @throws {DomainError} object_not_found */
function known(id: string): string {
  if (!isStorable(id)) throw new DomainError("object_not_found");
  return id;
}
