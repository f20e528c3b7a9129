import { chmodSync, chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dir, "../..");

/** The single executable for this machine. */
export interface Executable {
  readonly path: string;
  remove(): void;
}

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

/** An empty folder that whoever {@link lockedDown} runs as owns and can reach: that of the tests is closed to others. */
export function openFolder(name: string): string {
  const folder = mkdtempSync(join(isRoot ? "/tmp" : tmpdir(), `rendezvous-${name}-`));
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  return folder;
}

/**
 * Builds it as its user does, into a folder of its own.
 *
 * @param target as `--target` takes it; left out: for this machine
 */
export async function buildExecutable(target?: string): Promise<Executable> {
  const folder = openFolder("executable");
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const path = join(folder, "rendezvous");
  const script = join(root, "scripts/build/executable.ts");
  const flags = target === undefined ? [] : ["--target", target];
  const build = Bun.spawn([process.execPath, script, "--out", path, ...flags], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  const said = await new Response(build.stderr).text();
  if ((await build.exited) !== 0) {
    remove();
    throw new Error(`the executable could not be built:\n${said}`);
  }
  chmodSync(folder, 0o755);
  return { path, remove };
}

/**
 * What to put before a program so that it runs like in a locked-down container: nothing can be written but `writable`,
 * and root is not root. It execs, so that the process is the program's. Who is no root here, or may not mount, gets what
 * the machine allows.
 */
export function lockedDown(writable: string): readonly string[] {
  if (!isRoot) return [];
  const asNobody = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
  const script = `mount --bind "$0" "$0" && mount -o remount,bind,ro / && cd "$0" && exec "$@"`;
  const readOnly = ["unshare", "--mount", "sh", "-c", script, writable];
  const canMount = Bun.spawnSync([...readOnly, "true"], { stdout: "ignore", stderr: "ignore" }).success;
  return canMount ? [...readOnly, ...asNobody] : asNobody;
}
