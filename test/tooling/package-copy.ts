import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

export const root = resolve(import.meta.dir, "../..");

/** A copy of parts of this package in a temporary folder, for tests that need to change it. */
export interface PackageCopy {
  readonly path: string;
  /** Writes a file below the copy, with the folders it needs. */
  write(file: string, text: string): void;
  remove(): void;
}

/** Copies the given files and folders; node_modules is linked unless `modules` is false. */
export function copyPackage(parts: readonly string[], options: { readonly modules?: boolean } = {}): PackageCopy {
  const path = mkdtempSync(join(tmpdir(), "copy-"));
  for (const part of parts) cpSync(join(root, part), join(path, part), { recursive: true });
  if (options.modules !== false) symlinkSync(join(root, "node_modules"), join(path, "node_modules"));
  return {
    path,
    write(file, text) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), text);
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
