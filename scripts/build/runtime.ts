import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findBun } from "../setup/bun.mjs";
import { ownTarget, targets, type Target } from "./targets.ts";

/**
 * The path of Bun's runtime for a target. That of this machine is installed; another one is fetched through npm, which
 * the builder itself could not do where only a registry can be reached, and kept in `cache`.
 *
 * @throws {Error} if npm cannot fetch it, or what it fetched is not what package-lock.json names
 */
export async function runtimeFor(target: Target, root: string, cache: string): Promise<string> {
  const own = target === ownTarget() ? findBun(root) : null;
  if (own !== null) return own;
  const { version, integrity } = locked(targets[target].package, root);
  const kept = join(cache, `${target}-${version}`, "bun");
  if (!existsSync(kept)) await fetchRuntime(`${targets[target].package}@${version}`, integrity, kept);
  return kept;
}

interface Locked {
  readonly version: string;
  readonly integrity: string;
}

function locked(name: string, root: string): Locked {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, Locked>;
  };
  const found = packages[`node_modules/${name}`];
  if (found === undefined) throw new Error(`package-lock.json does not name ${name}`);
  return found;
}

async function fetchRuntime(name: string, integrity: string, to: string): Promise<void> {
  console.log(`fetching ${name} …`);
  const folder = mkdtempSync(join(tmpdir(), "rendezvous-runtime-"));
  try {
    const packed = await run(["npm", "pack", name, "--json", "--pack-destination", folder]);
    const [about] = JSON.parse(packed) as [{ filename: string; integrity: string }];
    if (about.integrity !== integrity) throw new Error(`${name} is not the one that package-lock.json names`);
    await run(["tar", "-xzf", join(folder, about.filename.replaceAll(/^.*\//g, "")), "-C", folder]);
    mkdirSync(dirname(to), { recursive: true });
    // Moved as a whole, so that a build that is broken off leaves no half of it.
    await run(["cp", join(folder, "package/bin/bun"), `${to}.part`]);
    renameSync(`${to}.part`, to);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(command: string[]): Promise<string> {
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const out = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`${command[0]} failed`);
  return out;
}
