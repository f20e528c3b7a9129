import { command } from "./command.ts";

export const doctor = command({
  name: "doctor",
  summary: "try the configured STUN and TURN servers for real, and say what is wrong",
  settings: true,
  json: true,
  examples: ["doctor", "doctor --json"],
  exits: { 1: "something will not work" },
  load: async () => (await import("../doctor-command.ts")).doctorCommand,
});
