import { policy } from "../../transport/http/policy.ts";
import { route, type Route } from "../../transport/http/route.ts";
import type { Config } from "../config/settings.ts";
import { whyNoDashboard } from "../operator-access.ts";
import { faceNames, type FaceName } from "../face-names.ts";
import { version } from "../version.ts";
import { escapeHtml, fill, page } from "./page.ts";
import { send, type Content } from "./response.ts";

/** What each face is for, in one sentence. */
const about: Readonly<Record<FaceName, string>> = {
  "host-pool": "Gaming PCs say that they are free; players press Play and get one.",
  coordinator: "Hosts run zones of a game for players; sessions, their signaling and how it all goes.",
  arena: "Fighters queue for a match, report and sign how it ended, wager, and climb the ladder.",
  rooms: "Two peers in one room exchange what WebRTC needs to connect them.",
  "video-chat": "Strangers are paired for a video call, one after another.",
  devices: "People and their contacts: their devices see each other online and connect.",
};

/** The dashboard for whoever may see it; the welcome for everybody else, or where the dashboard is off. */
export function homeRoute(config: Config): Route {
  return route({
    method: "GET",
    path: "/",
    summary: "The dashboard, or the landing page",
    policy: policy.open,
    handle: ({ request }) => send(request, whyNoDashboard(config) === null ? dashboard(config) : landing(config)),
  });
}

/** What this server is, what is on, and what goes on right now. */
function welcome(config: Config, operators: string): string {
  return fill("home/home.html", { version: escapeHtml(version), faces: faces(config), operators });
}

function landing(config: Config): Content {
  const why = `<p class="quiet">${escapeHtml(whyNoDashboard(config)!)}</p>`;
  return page({ title: "Rendezvous", main: welcome(config, why), script: "home.js" });
}

/** Whether a caller may see the dashboard is not known before it asks for figures, so that the page holds both. */
function dashboard(config: Config): Content {
  const asksToken = config.ADMIN_TOKEN !== null || config.AUTH_MODE === "token" ? "yes" : "no";
  const main = fill("dashboard/page.html", { asksToken, welcome: welcome(config, fill("dashboard/sign-in.html")) });
  return page({ title: "Rendezvous", main, script: "dashboard.js", style: "dashboard.css" });
}

function faces(config: Config): string {
  return faceNames
    .map((name) => {
      const state = config.FACES.includes(name) ? "on" : "off";
      return `<li><span class="badge ${state}">${state}</span> <strong>${name}</strong> <span>${about[name]}</span></li>`;
    })
    .join("\n");
}
