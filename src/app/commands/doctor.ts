import { command } from "./command.ts";

export const doctor = command({
  name: "doctor",
  summary: "look at all that the settings name (stores, TURN, TLS, limits, clocks), and say what is wrong",
  settings: true,
  json: true,
  examples: ["doctor", "doctor --json"],
  exits: { 1: "something will not work" },
  load: async () => (await import("../doctor-command.ts")).doctorCommand,
});
