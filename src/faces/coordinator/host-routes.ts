import type { z } from "zod";
import type { Hosts } from "../../core/sessions/hosts.ts";
import type { SessionMatches } from "../../core/sessions/session-matches.ts";
import { policy } from "../../transport/http/policy.ts";
import { json, route, type Call, type Route } from "../../transport/http/route.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import { pageOf } from "./fields.ts";
import { docs } from "./host-docs.ts";
import { listedHost, registeredHost, wholeHost } from "./present.ts";
import { quickBeat } from "./quick.ts";
import { beatOf, registrationOf } from "./requests.ts";
import { heartbeatBody, hostBody, hostPatchBody, hostsQuery } from "./schema.ts";

/** The host's own token, where tokens are asked for. */
const asHost = policy.host(({ params }) => params["host_id"] ?? null);
const asRegistered = policy.host(({ body }: Call<z.output<typeof hostBody>>) => body.host_id);

export interface HostRoutesOptions {
  readonly hosts: Hosts;
  readonly matches: Pick<SessionMatches, "ran">;
  /** How often hosts may beat. */
  readonly beating: RequestLimit | undefined;
}

export function hostRoutes({ hosts, matches, beating }: HostRoutesOptions): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/api/hosts",
      summary: "Registers a host, or brings one back",
      doc: docs.register,
      policy: asRegistered,
      body: hostBody,
      async handle({ body, caller }) {
        const host = await hosts.register(registrationOf(body));
        matches.ran(caller.subject, host.hostId);
        return json(201, registeredHost(host));
      },
    }),
    route({
      method: "GET",
      path: "/api/hosts",
      summary: "Lists hosts, best first",
      doc: docs.list,
      policy: policy.signedIn,
      query: hostsQuery,
      async handle({ query }) {
        const { status, min_quality_score: minQualityScore } = query;
        const found = await hosts.summaries({ status, minQualityScore, ...pageOf(query) });
        return json(200, found.map(listedHost));
      },
    }),
    route({
      method: "GET",
      path: "/api/hosts/:host_id",
      summary: "Shows a host",
      doc: docs.get,
      policy: policy.signedIn,
      handle: async ({ params }) => json(200, wholeHost(await hosts.get(params["host_id"] ?? ""))),
    }),
    route({
      method: "PATCH",
      path: "/api/hosts/:host_id",
      summary: "Puts a host into maintenance, or takes it out",
      doc: docs.patch,
      policy: policy.admin,
      body: hostPatchBody,
      async handle({ params, body }) {
        const host = await hosts.setMaintenance(params["host_id"] ?? "", body.status === "MAINTENANCE");
        return json(200, listedHost(host));
      },
    }),
    route({
      method: "DELETE",
      path: "/api/hosts/:host_id",
      urgency: "finish",
      summary: "Unregisters a host and ends its sessions",
      doc: docs.unregister,
      policy: asHost,
      async handle({ params }) {
        await hosts.unregister(params["host_id"] ?? "");
        return json(200, { message: "Host unregistered successfully" });
      },
    }),
    route({
      method: "POST",
      path: "/api/hosts/:host_id/heartbeat",
      urgency: "finish",
      summary: "Keeps a host alive and takes what it measured",
      doc: docs.heartbeat,
      policy: asHost,
      limit: beating,
      // Hosts behind one NAT must not silence each other.
      budget: ({ params }) => params["host_id"] ?? "",
      body: heartbeatBody,
      quick: quickBeat,
      async handle({ params, body, caller }) {
        const hostId = params["host_id"] ?? "";
        const score = await hosts.beat(hostId, beatOf(body));
        matches.ran(caller.subject, hostId);
        return json(200, { message: "Heartbeat updated", quality_score: score });
      },
    }),
  ];
}
