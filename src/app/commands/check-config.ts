import { command } from "./command.ts";

export const checkConfig = command({
  name: "check-config",
  summary: "say what serve would do with the settings, and what is wrong with them",
  settings: true,
  json: true,
  examples: ["check-config", "check-config --config /etc/rendezvous.toml --json"],
  exits: { 2: "serve would refuse them" },
  load: async () => (await import("../check-config.ts")).checkConfig,
});
