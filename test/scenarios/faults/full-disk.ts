import { startPostgres, type RunningPostgres } from "../../support/postgres.ts";
import type { Fault } from "./fault.ts";
import type { FaultLine } from "./line.ts";
import { mountSmallDisk, unableToMount, type SmallDisk } from "./small-disk.ts";

/** The disk under SQLite is full to the last byte. */
export function fullDisk(): Fault<FaultLine> {
  let disk: SmallDisk;
  return {
    name: "disk full under SQLite",
    engine: "embedded",
    unable: unableToMount,
    async world() {
      disk = mountSmallDisk("64m");
      return { dataDir: disk.path };
    },
    async strike() {
      disk.fill();
    },
    async heal() {
      disk.free();
    },
    async clear() {
      disk.remove();
    },
  };
}

/** The disk under PostgreSQL is: its log cannot be written, and it goes down by itself. */
export function fullPostgres(): Fault<FaultLine> {
  let disk: SmallDisk;
  let postgres: RunningPostgres;
  return {
    name: "disk full under PostgreSQL",
    engine: "cluster",
    lastsMs: 8_000,
    unable: unableToMount,
    async world() {
      disk = mountSmallDisk("256m");
      postgres = await startPostgres({ within: disk.path });
      return { postgres };
    },
    async strike() {
      disk.fill();
    },
    async heal() {
      disk.free();
      // Out of space in the middle of its recovery it gives up, as its manual says, and waits for somebody to start it.
      if (!postgres.isRunning()) await postgres.restart();
    },
    async clear() {
      await postgres.stop();
      disk.remove();
    },
  };
}
