import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Compiles a C program, once for each text of it, and returns where it is.
 *
 * @throws {Error} with what the compiler says
 */
export function compiled(source: string): string {
  const digest = createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 16);
  const folder = join(tmpdir(), "rendezvous-bench");
  const program = join(folder, digest);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  // Under another name until it is whole, since two runs may compile it at once.
  const unfinished = `${program}-${process.pid}`;
  const { success, stderr } = Bun.spawnSync(["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", unfinished, source]);
  if (!success) throw new Error(`gcc cannot compile ${source}:\n${stderr.toString()}`);
  renameSync(unfinished, program);
  return program;
}
