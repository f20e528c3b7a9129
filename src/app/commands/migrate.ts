import { command } from "./command.ts";

export const migrateFlags = {
  status: { about: "only say which migrations the database has" },
} as const;

export const migrate = command({
  name: "migrate",
  summary: "bring the schema of the records up to date (serve does so when it starts)",
  settings: true,
  json: true,
  flags: migrateFlags,
  examples: ["migrate --status", "migrate --database-url postgres://rendezvous@db/rendezvous"],
  exits: { 1: "the records cannot be used, or a newer version has migrated them" },
  load: async () => (await import("../migrate-command.ts")).migrateCommand,
});
