import { policy } from "../../transport/http/policy.ts";
import { route, type Route } from "../../transport/http/route.ts";
import type { Config } from "../config/settings.ts";
import type { FaceName } from "../face-names.ts";
import { fill, notice, page } from "./page.ts";
import { send, type Permissions } from "./response.ts";

interface Demo {
  readonly path: string;
  readonly title: string;
  /** The faces it speaks to. */
  readonly needs: readonly FaceName[];
  /** Its HTML in `web/`. */
  readonly template: string;
  readonly script: string;
  readonly permissions: Permissions;
}

const demos: readonly Demo[] = [
  {
    path: "/demo/play",
    title: "Play",
    needs: ["host-pool", "rooms"],
    template: "demo/play/player.html",
    script: "play-player.js",
    permissions: { sockets: true },
  },
  {
    path: "/demo/play/host",
    title: "Be a host",
    needs: ["host-pool", "rooms"],
    template: "demo/play/host.html",
    script: "play-host.js",
    permissions: { sockets: true },
  },
  {
    path: "/demo/video-chat",
    title: "Video chat",
    needs: ["video-chat"],
    template: "demo/video-chat/page.html",
    script: "video-chat.js",
    permissions: { sockets: true, camera: true },
  },
  {
    path: "/demo/devices",
    title: "Devices",
    needs: ["devices"],
    template: "demo/devices/page.html",
    script: "devices.js",
    permissions: { sockets: true },
  },
];

/** The list of demos, and the demos. One whose faces are off says so. */
export function demoRoutes(config: Config): readonly Route[] {
  const off = (demo: Demo): readonly FaceName[] => demo.needs.filter((face) => !config.FACES.includes(face));
  return [
    route({
      method: "GET",
      path: "/demo",
      summary: "The list of demos",
      policy: policy.open,
      handle: ({ request }) => send(request, page({ title: "Demos", main: fill("demo/list.html") })),
    }),
    ...demos.map((demo) =>
      route({
        method: "GET",
        path: demo.path,
        summary: `Demo: ${demo.title}`,
        policy: policy.open,
        handle({ request }) {
          const missing = off(demo);
          if (missing.length > 0) return send(request, notice(`${demo.title} is off`, sayWhatIsOff(missing)));
          const shown = page({ title: demo.title, main: fill(demo.template), script: demo.script });
          return send(request, shown, demo.permissions);
        },
      }),
    ),
  ];
}

function sayWhatIsOff(faces: readonly FaceName[]): string {
  const subject = faces.length === 1 ? `the face ${faces[0]}` : `the faces ${faces.join(" and ")}`;
  return `This demo needs ${subject}. The operator has not switched it on (setting FACES).`;
}
