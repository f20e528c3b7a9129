import { problem } from "../core/errors/errors.ts";
import { policy } from "../transport/http/policy.ts";
import { json, route, type RouteGroup } from "../transport/http/route.ts";
import { openApiDocument } from "../transport/openapi/document.ts";
import type { RequestLimit } from "../transport/limits/limit.ts";
import type { OpenApiDocument } from "../transport/openapi/types.ts";
import type { Config } from "./config/settings.ts";
import { content, send, type Content } from "./pages/response.ts";
import { version } from "./version.ts";

const DESCRIPTION = `One self-hosted server for everything two machines need before and around a peer-to-peer session.

Paths answer with and without a slash at the end. A body is JSON of at most 64 KiB, with or without a \`Content-Type\`;
fields that are not listed are ignored. WebSocket and Socket.IO are in \`/asyncapi.json\` and at \`/docs\`.`;

/** Gives the description of all documented groups: written when somebody first asks for it, and kept. */
export type ApiDescription = () => Promise<OpenApiDocument>;

export function describeApi(
  groups: readonly RouteGroup[],
  config: Pick<Config, "PUBLIC_URL" | "AUTH_MODE">,
): ApiDescription {
  let written: Promise<OpenApiDocument> | null = null;
  return () =>
    (written ??= openApiDocument(groups, {
      title: "Rendezvous",
      version,
      description: DESCRIPTION,
      license: { name: "MIT", identifier: "MIT" },
      serverUrl: config.PUBLIC_URL ?? "/",
      tokens: config.AUTH_MODE === "token" ? [problem("invalid_token"), problem("keys_unavailable")] : null,
    }));
}

/** `GET /openapi.json`: the description for programs. People read it at `/docs/api`. */
export function openApiGroup(describe: ApiDescription, limit: RequestLimit | undefined): RouteGroup {
  let rendered: Promise<Content> | null = null;
  const render = async (): Promise<Content> => content(JSON.stringify(await describe()), "application/json");
  return {
    name: "openapi",
    prefixes: ["/openapi.json"],
    crossOrigin: true,
    limit,
    refuse: (problem) => json(problem.status, { error: problem.code, message: problem.message }),
    routes: [
      route({
        method: "GET",
        path: "/openapi.json",
        summary: "The OpenAPI document of what is served here",
        policy: policy.open,
        handle: async ({ request }) => send(request, await (rendered ??= render())),
      }),
    ],
  };
}
