import { existsSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const REPORT = join(import.meta.dir, "heap-report.ts");

/** How often it is looked whether the answer is there, in ms. */
const LOOK_MS = 2;

/** How long it may take, in ms. */
const PATIENCE_MS = 10_000;

/**
 * Counts what a server allocates. It is started with the settings of `env`: then its garbage is never collected, so that
 * its heap grows by exactly what it allocates, in steps of a block (16 KiB). The product itself knows nothing of it.
 */
export interface HeapCount {
  /** Environment of the server's process. */
  readonly env: Readonly<Record<string, string>>;
  /** Bytes that the process has allocated since it started, on the runtime's heap and beside it for what lies there. */
  allocated(pid: number): Promise<number>;
}

export function createHeapCount(name: string): HeapCount {
  const file = join(tmpdir(), `rendezvous-heap-${process.pid}-${name}`);
  return {
    env: { BUN_OPTIONS: `--preload=${REPORT}`, BUN_JSC_useGC: "0", HEAP_REPORT: file },
    async allocated(pid) {
      process.kill(pid, "SIGUSR2");
      const until = performance.now() + PATIENCE_MS;
      while (!existsSync(file)) {
        if (performance.now() > until) throw new Error(`process ${pid} does not say what it has allocated`);
        await Bun.sleep(LOOK_MS);
      }
      const bytes = Number(readFileSync(file, "utf8"));
      rmSync(file);
      return bytes;
    },
  };
}
