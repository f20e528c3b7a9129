import type { CommandCall } from "./commands/command.ts";
import { version } from "./version.ts";

/** Prints the version; for programs with what runs it. */
export async function versionCommand({ json }: CommandCall): Promise<number> {
  const { node, bun } = process.versions;
  console.log(json ? JSON.stringify({ version, bun, node, platform: process.platform, arch: process.arch }) : version);
  return 0;
}
