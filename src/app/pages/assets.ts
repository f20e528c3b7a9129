import { readFile } from "node:fs/promises";
import { Refusal } from "../../transport/http/refusal.ts";
import { policy } from "../../transport/http/policy.ts";
import { route, type Route } from "../../transport/http/route.ts";
import { bundle } from "./bundle.ts";
import { once } from "./once.ts";
import { webFile } from "./page.ts";
import { content, send, type Content } from "./response.ts";

/** Scripts by the name pages load them under, and where each begins in `web/`. */
export const scripts: ReadonlyMap<string, string> = new Map([
  ["home.js", "home/home.ts"],
  ["dashboard.js", "dashboard/dashboard.ts"],
  ["play-player.js", "demo/play/player.ts"],
  ["play-host.js", "demo/play/host.ts"],
  ["video-chat.js", "demo/video-chat/video-chat.ts"],
  ["devices.js", "demo/devices/devices.ts"],
  ["watch-list.js", "watch/list.ts"],
  ["watch-viewer.js", "watch/viewer.ts"],
]);

/** Files sent as they are. */
const files: ReadonlyMap<string, { readonly path: string; readonly type: string }> = new Map([
  ["style.css", { path: "shared/style.css", type: "text/css; charset=utf-8" }],
  ["dashboard.css", { path: "dashboard/dashboard.css", type: "text/css; charset=utf-8" }],
  ["icon.svg", { path: "shared/icon.svg", type: "image/svg+xml" }],
]);

/** What pages load: scripts, the style sheet, the icon. */
export function assetRoutes(): readonly Route[] {
  const load = once(async (name): Promise<Content> => {
    const script = scripts.get(name);
    if (script !== undefined) return content(await bundle(webFile(script)), "text/javascript; charset=utf-8");
    const file = files.get(name);
    if (file !== undefined) return content(await readFile(webFile(file.path), "utf8"), file.type);
    throw new Refusal("unknown_path");
  });
  return [
    route({
      method: "GET",
      path: "/assets/:name",
      summary: "A script or style sheet of the pages",
      policy: policy.open,
      handle: async ({ request, params }) => send(request, await load(params["name"] ?? "")),
    }),
    route({
      method: "GET",
      path: "/favicon.ico",
      summary: "The icon, where browsers look for it by themselves",
      policy: policy.open,
      handle: async ({ request }) => send(request, await load("icon.svg")),
    }),
  ];
}
