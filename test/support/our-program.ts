import { join, resolve } from "node:path";
import { findPrepared } from "../../scripts/setup/prepared.mjs";

const root = resolve(import.meta.dir, "../..");

/**
 * The file that a user's start runs: the prepared program, which test/run.mjs makes, or the sources where they have
 * changed since.
 */
export const ourProgram: string = findPrepared(root)?.program ?? join(root, "src/main.ts");
