import { scopes } from "../../core/access/caller.ts";
import { command } from "./command.ts";

export const DEFAULT_TTL_SECONDS = 3600;

export const tokenFlags = {
  sub: { value: "NAME", about: "whom it names (needed)" },
  scope: {
    value: "SCOPES",
    about: `what it allows: ${scopes.join(", ")}; several separated by spaces (needed)`,
  },
  "host-id": { value: "ID", many: true, about: "the host that is its own; may be repeated" },
  "player-id": { value: "ID", many: true, about: "the player that is its own; may be repeated" },
  "match-id": { value: "ID", many: true, about: "the match that it publishes; may be repeated" },
  "agent-id": { value: "NUMBER", many: true, about: "the agent that it plays as, and no other; may be repeated" },
  ttl: { value: "SECONDS", about: `how long it is good for [${DEFAULT_TTL_SECONDS}]` },
} as const;

export const token = command({
  name: "token",
  summary: "issue a token, signed with JWT_SECRET, and print it",
  settings: true,
  json: true,
  flags: tokenFlags,
  examples: [
    "token --sub alice --scope client --player-id player-1",
    "token --sub eu-1 --scope host --host-id eu-1 --ttl 86400 --json",
  ],
  exits: { 2: "the call or the settings are wrong, or JWT_SECRET is not set" },
  load: async () => (await import("../token-command.ts")).tokenCommand,
});
