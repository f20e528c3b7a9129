import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where the header is that the programs share. */
const SHARED = import.meta.dir;

/**
 * Compiles a C program, once for each text of it, and returns where it is.
 *
 * @throws {Error} with what the compiler says
 */
export function compiled(source: string): string {
  const texts = [source, join(SHARED, "common.h")].map((file) => readFileSync(file, "utf8"));
  const digest = createHash("sha256").update(texts.join("\0")).digest("hex").slice(0, 16);
  const folder = join(tmpdir(), `rendezvous-bench-${process.getuid?.() ?? ""}`);
  const program = join(folder, digest);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Under another name until it is whole, since two runs may compile it at once.
  const unfinished = `${program}-${process.pid}`;
  const flags = ["-O2", "-Wall", "-Wextra", "-Werror", `-I${SHARED}`];
  const { success, stderr } = Bun.spawnSync(["gcc", ...flags, "-o", unfinished, source]);
  if (!success) throw new Error(`gcc cannot compile ${source}:\n${stderr.toString()}`);
  renameSync(unfinished, program);
  return program;
}
