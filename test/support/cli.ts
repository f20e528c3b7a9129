import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ourProgram } from "./our-program.ts";

/** Runs a command of the program to its end, as its user would, in an empty working directory. */
export async function rendezvous(
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const cwd = mkdtempSync(join(tmpdir(), "rendezvous-cli-"));
  try {
    const child = Bun.spawn([process.execPath, "--no-env-file", ourProgram, ...args], {
      cwd,
      env: { PATH: process.env["PATH"] ?? "", HOME: cwd, LOG_LEVEL: "warn", ...settings },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { code, stdout, stderr };
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}
