import { command } from "./command.ts";

export const healthcheck = command({
  name: "healthcheck",
  summary: "ask the server of these settings whether it is ready (for containers)",
  settings: true,
  json: true,
  examples: ["healthcheck", "healthcheck --port 9000 --json"],
  exits: { 1: "it is not ready, or nothing answers" },
  load: async () => (await import("../healthcheck-command.ts")).healthcheckCommand,
});
