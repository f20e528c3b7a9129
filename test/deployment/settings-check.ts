import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSetting, settings } from "../../src/app/config/settings.ts";
import { ourProgram } from "../support/our-program.ts";

/** Names that are neither a setting nor the file of a secret one. */
export function unknownSettings(names: readonly string[]): readonly string[] {
  return names.filter((name) => {
    const base = name.replace(/_FILE$/, "");
    return !isSetting(name) && !(isSetting(base) && "secret" in settings[base]);
  });
}

/** What `check-config` says of an environment: what is wrong with it; nothing if `serve` would take it. */
export async function problemsOf(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const cwd = mkdtempSync(join(tmpdir(), "rendezvous-settings-"));
  const child = Bun.spawn([process.execPath, "--no-env-file", ourProgram, "check-config", "--json"], {
    cwd,
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  await child.exited;
  rmSync(cwd, { recursive: true, force: true });
  try {
    return (JSON.parse(out) as { problems?: string[] }).problems ?? [];
  } catch {
    return [out + err];
  }
}

/** Seconds of a span such as `25s` or `1m`. */
export function secondsOf(span: string): number {
  const [, count, unit] = /^(\d+)(s|m)?$/.exec(span) ?? [];
  return Number(count) * (unit === "m" ? 60 : 1);
}
