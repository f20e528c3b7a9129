import type { OpenApiDocument } from "../../src/transport/openapi/types.ts";
import { call } from "../support/http.ts";
import type { Campaign } from "./campaign.ts";
import type { AsyncApiDocument } from "../../src/transport/asyncapi/types.ts";
import { socketCampaign } from "./sockets.ts";
import { pollingCampaign } from "./polling.ts";
import { httpCampaign } from "./http.ts";
import type { World } from "./world.ts";

/** All campaigns by name, each made from what the server says of itself. */
export const campaigns: Readonly<Record<string, (world: World) => Promise<Campaign<any>>>> = {
  http: async ({ url }) => httpCampaign((await call("GET", `${url}/openapi.json`)).body as OpenApiDocument),
  sockets: async ({ url }) => socketCampaign((await call("GET", `${url}/asyncapi.json`)).body as AsyncApiDocument),
  polling: async ({ url }) => pollingCampaign((await call("GET", `${url}/asyncapi.json`)).body as AsyncApiDocument),
};
