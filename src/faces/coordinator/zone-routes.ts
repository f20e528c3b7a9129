import type { Zones } from "../../core/sessions/zones.ts";
import { policy } from "../../transport/http/policy.ts";
import { json, route, type Route } from "../../transport/http/route.ts";
import { pageOf } from "./fields.ts";
import { changedZone, createdZone, listedZone, wholeZone } from "./present.ts";
import { zoneChangesOf, zoneSettingsOf } from "./requests.ts";
import { zoneBody, zonePatchBody, zonesQuery } from "./schema.ts";
import { docs } from "./zone-docs.ts";

export function zoneRoutes({ zones }: { readonly zones: Zones }): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/api/zones",
      summary: "Creates a zone",
      doc: docs.create,
      policy: policy.admin,
      body: zoneBody,
      handle: async ({ body }) => json(201, createdZone(await zones.create(body.zone_id, zoneSettingsOf(body)))),
    }),
    route({
      method: "GET",
      path: "/api/zones",
      summary: "Lists zones, by priority and name",
      doc: docs.list,
      policy: policy.signedIn,
      query: zonesQuery,
      async handle({ query }) {
        const { p2p_enabled: p2pEnabled, status } = query;
        return json(200, (await zones.list({ p2pEnabled, status, ...pageOf(query) })).map(listedZone));
      },
    }),
    route({
      method: "GET",
      path: "/api/zones/:zone_id",
      summary: "Shows a zone",
      doc: docs.get,
      policy: policy.signedIn,
      handle: async ({ params }) => json(200, wholeZone(await zones.get(params["zone_id"] ?? ""))),
    }),
    route({
      method: "PATCH",
      path: "/api/zones/:zone_id",
      summary: "Changes a zone",
      doc: docs.update,
      policy: policy.admin,
      body: zonePatchBody,
      async handle({ params, body }) {
        return json(200, changedZone(await zones.update(params["zone_id"] ?? "", zoneChangesOf(body))));
      },
    }),
  ];
}
