import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pause } from "../load/context.ts";
import type { Fault } from "./fault.ts";
import type { FaultLine } from "./line.ts";

/** How often the library reads by how much the time is off, in s. */
const READ_SECONDS = 1;

/**
 * The time of day of one server jumps, and back again: what is measured from a start on (CLOCK_MONOTONIC) goes on as
 * ever, as on a machine whose clock is set.
 */
export function clockJump(name: string, seconds: number): Fault<FaultLine> {
  let folder: string;
  const set = async (offset: number): Promise<void> => {
    writeFileSync(join(folder, "offset"), `${offset < 0 ? "-" : "+"}${Math.abs(offset)}\n`);
    await pause(READ_SECONDS * 1_500);
  };
  return {
    name,
    engine: "both",
    lastsMs: 8_000,
    unable: () => (library() === null ? "faketime is not installed" : null),
    async world() {
      folder = mkdtempSync(join(tmpdir(), "rendezvous-time-"));
      writeFileSync(join(folder, "offset"), "+0\n");
      const faked = [
        "env",
        `LD_PRELOAD=${library()}`,
        `FAKETIME_TIMESTAMP_FILE=${join(folder, "offset")}`,
        `FAKETIME_CACHE_DURATION=${READ_SECONDS}`,
        "FAKETIME_DONT_FAKE_MONOTONIC=1",
      ];
      return { prefix: (node) => (node === 0 ? faked : []) };
    },
    strike: () => set(seconds),
    heal: () => set(0),
    async clear() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What makes a program believe in another time, for programs of several threads; null if it is not there. */
function library(): string | null {
  try {
    const asked = Bun.spawnSync(["faketime", "-m", "-f", "+0", "printenv", "LD_PRELOAD"]);
    return asked.stdout.toString().trim() || null;
  } catch {
    return null;
  }
}
