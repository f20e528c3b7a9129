import type { RouteGroup } from "../transport/http/route.ts";
import type { RequestLimit } from "../transport/limits/limit.ts";
import type { SocketDescription } from "./asyncapi.ts";
import type { Config } from "./config/settings.ts";
import type { ApiDescription } from "./openapi.ts";
import { apiReferenceRoute } from "./pages/api-reference.ts";
import { assetRoutes } from "./pages/assets.ts";
import { demoRoutes } from "./pages/demos.ts";
import { documentRoutes } from "./pages/documents.ts";
import { homeRoute } from "./pages/home.ts";
import { refusePage } from "./pages/page.ts";
import { socketReferenceRoute } from "./pages/socket-reference.ts";
import { watchRoutes } from "./pages/watch.ts";

/**
 * The pages for people: landing page, demos, documents. Everything is read, bundled and rendered when it is first
 * asked for, so that the start of the server does not wait for it.
 */
export function pages(
  config: Config,
  describe: ApiDescription,
  describeSockets: SocketDescription,
  limit: RequestLimit | undefined,
): readonly RouteGroup[] {
  return [
    {
      name: "pages",
      routes: [
        homeRoute(config),
        ...demoRoutes(config),
        ...watchRoutes(config),
        apiReferenceRoute(describe),
        socketReferenceRoute(describeSockets),
        ...documentRoutes(),
        ...assetRoutes(),
      ],
      prefixes: ["/demo", "/watch", "/docs", "/assets"],
      crossOrigin: false,
      limit,
      refuse: refusePage,
    },
  ];
}
