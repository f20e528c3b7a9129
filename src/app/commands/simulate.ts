import { command } from "./command.ts";

export const simulateFlags = {
  url: {
    value: "URL",
    about:
      "of the arena; unset: of the server that these settings would make. It must be in open mode: the agents send " +
      "no token, so one with AUTH_MODE=token refuses them",
  },
  matches: { value: "N", about: "how many matches [1]" },
  "at-once": { value: "N", about: "how many of them at once [4]" },
  "best-of": { value: "N", about: "games of a match at most [3]" },
  stocks: { value: "N", about: "stocks of a fighter in each game [4]" },
  rate: { value: "FPS", about: "frames a second; a real game has 60 [60]" },
  seed: { value: "TEXT", about: "makes the same players and fights again" },
  "no-wager": { about: "they do not bet" },
} as const;

export const simulate = command({
  name: "simulate",
  summary: "let agents play matches on an arena, to see it work: from the queue to the signatures",
  args: [{ name: "WHAT", about: "what to simulate", isNeeded: true, choices: ["arena"] }],
  settings: true,
  json: true,
  flags: simulateFlags,
  examples: [
    "simulate arena --url http://127.0.0.1:8080 --best-of 1",
    "simulate arena --matches 20 --at-once 5 --json",
  ],
  exits: { 1: "a match could not be played" },
  load: async () => (await import("../simulate-command.ts")).simulateCommand,
});
