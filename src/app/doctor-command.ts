import type { CommandCall } from "./commands/command.ts";
import { loadConfig } from "./config/load.ts";
import { examine } from "./doctor/examine.ts";
import { exitCodeOf, printFindings } from "./doctor/report.ts";
import { painter } from "./terminal.ts";

/** Looks at all that the settings `serve` would use name. Exit code 1 if something will not work, warnings are none. */
export async function doctorCommand({ sources, json }: CommandCall): Promise<number> {
  const { config } = await loadConfig(sources);
  const findings = await examine(config);
  printFindings(findings, { json, write: (line) => console.log(line), paint: painter(process.stdout) });
  return exitCodeOf(findings);
}
