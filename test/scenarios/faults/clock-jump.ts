import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakedTime, hasFakedTime } from "../../support/faked-time.ts";
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
    unable: () => (hasFakedTime() ? null : "faketime is not installed"),
    async world() {
      folder = mkdtempSync(join(tmpdir(), "rendezvous-time-"));
      writeFileSync(join(folder, "offset"), "+0\n");
      const faked = Object.entries(fakedTime({ file: join(folder, "offset"), everySeconds: READ_SECONDS }));
      return { prefix: (node) => (node === 0 ? ["env", ...faked.map(([name, value]) => `${name}=${value}`)] : []) };
    },
    strike: () => set(seconds),
    heal: () => set(0),
    async clear() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
