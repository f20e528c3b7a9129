import { worldFaces } from "../simulate/figures.ts";
import { command } from "./command.ts";

/** Of a world; `demo` takes them, too. */
const worldFlags = {
  rate: { value: "N", about: "how much is begun in a second, over all faces [1 for all of them; demo: 2]" },
  size: { value: "N", about: "how many hosts, people and strangers there are [60 for all of them; demo: 80]" },
  for: { value: "SECONDS", about: "when to end [until Ctrl-C]" },
  seed: { value: "TEXT", about: "makes the same people again" },
} as const;

export const simulateFlags = {
  url: { value: "URL", about: "of the server; unset: of the one that these settings would make" },
  ...worldFlags,
  token: {
    value: "TOKEN",
    about: "for a server with AUTH_MODE=token, of scope admin; with JWT_SECRET set each gets its own",
  },
  matches: { value: "N", about: "simulate arena, single matches instead of a world: how many [1]" },
  "at-once": { value: "N", about: "the same: how many of them at once [4]" },
  "best-of": { value: "N", about: "the same: games of a match at most [3]" },
  stocks: { value: "N", about: "the same: stocks of a fighter in each game [4]" },
  fps: { value: "N", about: "the same: frames a second; a real game has 60 [60]" },
  "no-wager": { about: "the same: they do not bet" },
} as const;

export const demoFlags = worldFlags;

export const simulate = command({
  name: "simulate",
  summary: "let a world live on a server: hosts, players, calls, matches, strangers; or one face of it",
  args: [{ name: "FACE", about: "the one face to simulate; all of them unless told", choices: worldFaces }],
  settings: true,
  json: true,
  flags: simulateFlags,
  examples: [
    "simulate --rate 5",
    "simulate video-chat --for 60 --json",
    "simulate arena --url http://127.0.0.1:8080 --best-of 1",
  ],
  exits: { 1: "the server could not be reached, or something of the world went wrong" },
  load: async () => (await import("../simulate-command.ts")).simulateCommand,
});

export const demo = command({
  name: "demo",
  summary: "start a server with a world on it, and open its dashboard; nothing of it stays",
  settings: true,
  json: true,
  flags: demoFlags,
  examples: ["demo", "demo --port 9000 --rate 5"],
  exits: { 1: "the server could not be started, or ended before it was told to" },
  load: async () => (await import("../demo-command.ts")).demoCommand,
});
