#!/usr/bin/env bun
import { parseCommandLine } from "./app/command-line.ts";
import { Failure, UsageError } from "./app/commands/errors.ts";
import { ConfigError } from "./app/config/load.ts";
import { painter } from "./app/terminal.ts";

/** Exit codes: 0 done, 1 it failed, 2 the call or the settings are wrong. */
async function main(argv: readonly string[]): Promise<number> {
  try {
    const { command, call } = parseCommandLine(argv);
    const run = await command.load();
    return await run(call);
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof UsageError || error instanceof Failure)) throw error;
    // Whoever asked for JSON reads standard output, whatever came of it.
    if (argv.includes("--json")) console.log(JSON.stringify({ ok: false, problems: error.problems }));
    else {
      // The runtime's console has colours of its own.
      const name = painter(process.stderr)("red", "rendezvous:");
      for (const problem of error.problems) process.stderr.write(`${name} ${problem}\n`);
    }
    return error instanceof Failure ? 1 : 2;
  }
}

// `serve` returns once it listens; its lifecycle ends the process. Nothing here is awaited at the top: a program that is
// prepared has no place for that.
void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
