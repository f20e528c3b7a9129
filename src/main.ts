#!/usr/bin/env bun
import { parseCommandLine, UsageError } from "./app/command-line.ts";
import { ConfigError } from "./app/config/load.ts";

/** Exit codes: 0 done, 1 something failed, 2 the call or the settings are wrong. */
async function main(): Promise<number> {
  try {
    const call = parseCommandLine(process.argv.slice(2));
    switch (call.command) {
      case "serve":
        return await (await import("./app/serve.ts")).serve(call);
      case "check-config":
        return await (await import("./app/check-config.ts")).checkConfig(call);
      case "doctor":
        return await (await import("./app/doctor-command.ts")).doctorCommand(call);
      case "healthcheck":
        return await (await import("./app/healthcheck-command.ts")).healthcheckCommand(call);
      case "migrate":
        return await (await import("./app/migrate-command.ts")).migrateCommand(call);
      case "token":
        return await (await import("./app/token-command.ts")).tokenCommand(call);
      case "invite":
        return await (await import("./app/people-commands.ts")).inviteCommand(call);
      case "reset-code":
        return await (await import("./app/people-commands.ts")).resetCodeCommand(call);
      case "forget":
        return await (await import("./app/forget-command.ts")).forgetCommand(call);
      case "simulate":
        return await (await import("./app/simulate-command.ts")).simulateCommand(call);
      case "help":
        return (await import("./app/help.ts")).help(call);
      case "version":
        console.log((await import("./app/version.ts")).version);
        return 0;
    }
  } catch (error) {
    if (!(error instanceof ConfigError) && !(error instanceof UsageError)) throw error;
    for (const problem of error.problems) console.error(`rendezvous: ${problem}`);
    return 2;
  }
}

// `serve` returns once it listens; its lifecycle ends the process.
process.exitCode = await main();
