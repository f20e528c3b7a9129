import { command } from "./command.ts";

const exits = { 1: "the records cannot be used" } as const;

export const inviteFlags = {
  email: { value: "ADDRESS", about: "the only address it is good for" },
} as const;

export const invite = command({
  name: "invite",
  summary: "print an invite for one account (where SIGNUP is invite), good for 7 days",
  settings: true,
  json: true,
  flags: inviteFlags,
  examples: ["invite", "invite --email alice@example.com --json"],
  exits,
  load: async () => (await import("../people-commands.ts")).inviteCommand,
});

export const resetCode = command({
  name: "reset-code",
  summary: "print a code that sets the password of an account, good for an hour",
  args: [{ name: "ADDRESS", about: "of the account", isNeeded: true }],
  settings: true,
  json: true,
  examples: ["reset-code alice@example.com"],
  exits: { 1: "there is no such account, or the records cannot be used" },
  load: async () => (await import("../people-commands.ts")).resetCodeCommand,
});

export const forgetFlags = {
  email: { value: "ADDRESS", about: "an account, with its contacts" },
  "player-id": { value: "ID", many: true, about: "a player of the coordinator, with the hosts it runs" },
  "connect-code": { value: "CODE", about: "a player of the arena, in matches that are over" },
  wallet: { value: "ADDRESS", about: "the same, by wallet" },
} as const;

export const forget = command({
  name: "forget",
  summary: "remove what the records hold of a person, under one of the names they have",
  settings: true,
  json: true,
  flags: forgetFlags,
  examples: ["forget --email alice@example.com", "forget --connect-code FOX#123 --json"],
  exits,
  load: async () => (await import("../forget-command.ts")).forgetCommand,
});
