import { policy } from "../../transport/http/policy.ts";
import { route, type Route } from "../../transport/http/route.ts";
import type { Config } from "../config/settings.ts";
import { fill, notice, page } from "./page.ts";
import { send } from "./response.ts";

/** The pages of the arena's viewers. */
export function watchRoutes(config: Config): readonly Route[] {
  const isOn = config.FACES.includes("arena");
  const shown = (title: string, template: string, script: string) =>
    isOn
      ? page({ title, main: fill(template), script })
      : notice("There is no arena", "The operator has not switched the face arena on (setting FACES).");
  return [
    route({
      method: "GET",
      path: "/watch",
      summary: "The list of live matches",
      policy: policy.open,
      handle: ({ request }) => send(request, shown("Live matches", "watch/list.html", "watch-list.js")),
    }),
    route({
      method: "GET",
      path: "/watch/:match_id",
      summary: "A match, live or as a replay",
      policy: policy.open,
      // Whether there is such a match, the page finds out: it may also be watched before its first frame.
      handle: ({ request }) =>
        send(request, shown("A match", "watch/viewer.html", "watch-viewer.js"), { sockets: true }),
    }),
  ];
}
