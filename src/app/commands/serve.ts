import { command } from "./command.ts";

export const serve = command({
  name: "serve",
  summary: "serve until told to stop (what npm start does)",
  settings: true,
  examples: [
    "serve --port 9000 --faces host-pool,rooms",
    "serve --host 0.0.0.0 --auth-mode token --config /etc/rendezvous.toml",
  ],
  exits: { 1: "the port is taken, or the records cannot be used" },
  load: async () => (await import("../serve.ts")).serve,
});
