import { policy } from "../../transport/http/policy.ts";
import { route, type Route } from "../../transport/http/route.ts";
import type { Config } from "../config/settings.ts";
import { faceNames, type FaceName } from "../face-names.ts";
import { version } from "../version.ts";
import { escapeHtml, fill, page } from "./page.ts";
import { send } from "./response.ts";

/** What each face is for, in one sentence. */
const about: Readonly<Record<FaceName, string>> = {
  "host-pool": "Gaming PCs say that they are free; players press Play and get one.",
  coordinator: "Hosts run zones of a game for players; sessions, their signaling and how it all goes.",
  arena: "Fighters queue for a match, report and sign how it ended, wager, and climb the ladder.",
  rooms: "Two peers in one room exchange what WebRTC needs to connect them.",
  "video-chat": "Strangers are paired for a video call, one after another.",
  devices: "People and their contacts: their devices see each other online and connect.",
};

/** The landing page: what this server is, what is on, and what goes on right now. */
export function homeRoute(config: Config): Route {
  return route({
    method: "GET",
    path: "/",
    summary: "The landing page",
    policy: policy.open,
    handle: ({ request }) =>
      send(
        request,
        page({
          title: "Rendezvous",
          main: fill("home/home.html", { version: escapeHtml(version), faces: faces(config) }),
          script: "home.js",
        }),
      ),
  });
}

function faces(config: Config): string {
  return faceNames
    .map((name) => {
      const state = config.FACES.includes(name) ? "on" : "off";
      return `<li><span class="badge ${state}">${state}</span> <strong>${name}</strong> <span>${about[name]}</span></li>`;
    })
    .join("\n");
}
