import { command } from "./command.ts";

export const help = command({
  name: "help",
  summary: "say how to call the program, or one of its commands",
  args: [{ name: "COMMAND", about: "the one to tell of" }],
  examples: ["help", "help token"],
  load: async () => (await import("../help.ts")).helpCommand,
});

export const version = command({
  name: "version",
  summary: "print the version of the program",
  json: true,
  examples: ["version --json"],
  load: async () => (await import("../version-command.ts")).versionCommand,
});
