import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of its own that can be filled to the last byte. */
export interface SmallDisk {
  readonly path: string;
  fill(): void;
  /** Takes away what filled it. */
  free(): void;
  remove(): void;
}

const FILLER = "filler";

/** Why this machine cannot have one; null if it can. */
export function unableToMount(): string | null {
  try {
    mountSmallDisk("1m").remove();
    return null;
  } catch (error) {
    return `a tmpfs cannot be mounted here, which takes root: ${(error as Error).message}`;
  }
}

/** `size` as mount takes it, such as `8m`. */
export function mountSmallDisk(size: string): SmallDisk {
  const path = mkdtempSync(join(process.getuid?.() === 0 ? "/tmp" : tmpdir(), "rdv-disk-"));
  const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", `size=${size},mode=0755`, "rendezvous-test", path]);
  if (mounted.exitCode !== 0) {
    rmSync(path, { recursive: true });
    throw new Error(mounted.stderr.toString().trim());
  }
  const filler = join(path, FILLER);
  return {
    path,
    fill() {
      const file = openSync(filler, "a");
      try {
        // By the megabyte, and the rest by the page.
        for (const piece of [1 << 20, 4_096]) writeUntilFull(file, Buffer.alloc(piece));
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(filler, { force: true }),
    remove() {
      // Lazily: a process that is about to end may still have a file open there.
      Bun.spawnSync(["umount", "--lazy", path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

function writeUntilFull(file: number, piece: Buffer): void {
  try {
    while (writeSync(file, piece) === piece.length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}
