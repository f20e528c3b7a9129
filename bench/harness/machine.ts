import { cpus, totalmem, release } from "node:os";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What the figures were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  /** Programs and their versions, those that are there. */
  readonly versions: Readonly<Record<string, string>>;
}

/** How each program says its version. */
const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  node: ["node", "--version"],
  redis: ["redis-server", "--version"],
  postgresql: ["postgres", "--version"],
  nginx: ["/usr/sbin/nginx", "-v"],
  nats: ["nats-server", "--version"],
  python: ["/usr/bin/python3", "--version"],
  fastapi: ["/usr/bin/python3", "-c", "import fastapi; print(fastapi.__version__)"],
  gcc: ["gcc", "-dumpfullversion"],
};

export function thisMachine(): Machine {
  const versions: Record<string, string> = { bun: Bun.version };
  for (const [name, command] of Object.entries(VERSIONS)) {
    const version = versionOf(command);
    if (version !== null) versions[name] = version;
  }
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    // What stands behind the version is its builder's name for it.
    kernel: release().replace(/-.*/, ""),
    versions: { ...versions, ...peerVersions() },
  };
}

/** Null if it is not there. */
function versionOf(command: readonly string[]): string | null {
  try {
    const { stdout, stderr, success } = Bun.spawnSync([...command]);
    return success ? (/v?(\d+(?:\.\d+)+)/.exec(`${stdout.toString()} ${stderr.toString()}`)?.[1] ?? null) : null;
  } catch {
    return null;
  }
}

/** Those that npm brings, at the versions they are pinned to. */
function peerVersions(): Record<string, string> {
  const file = join(import.meta.dir, "../peers/package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { dependencies: Record<string, string> }).dependencies;
}
