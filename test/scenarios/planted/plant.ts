import { readFileSync } from "node:fs";
import { join } from "node:path";
import { copyPackage, root, type PackageCopy } from "../../tooling/package-copy.ts";
import type { Fault } from "../faults/fault.ts";
import type { Invariant } from "../history/check.ts";
import type { Crowd } from "../load/start-load.ts";
import type { Engine } from "../world/world.ts";

/** One change to the source; `text` must stand in the file exactly once. */
export interface Change {
  readonly file: string;
  readonly text: string;
  readonly becomes: string;
}

/** A bug that breaks a promise, and the load and faults under which that shows. */
export interface PlantedBug {
  readonly name: string;
  readonly breaks: Invariant;
  readonly engine: Engine;
  readonly crowds: readonly Crowd[];
  readonly scale?: number;
  readonly faults?: readonly Fault[];
  readonly afterMs?: number;
  readonly warmUpMs?: number;
  readonly changes: readonly Change[];
}

/** What the server needs of the package. */
const PARTS = ["src", "web", "client", "docs", "package.json", "tsconfig.json", "bunfig.toml", "README.md"];

/** A copy of the source with the bug in it. @throws if the source has changed so that the bug has no place any more */
export function plant({ changes }: PlantedBug): PackageCopy {
  const texts = new Map<string, string>();
  for (const { file, text, becomes } of changes) {
    const source = texts.get(file) ?? readFileSync(join(root, file), "utf8");
    const places = source.split(text).length - 1;
    if (places !== 1) throw new Error(`${file} has this ${places} times, not once:\n${text}`);
    texts.set(
      file,
      source.replace(text, () => becomes),
    );
  }
  const copy = copyPackage(PARTS);
  for (const [file, text] of texts) copy.write(file, text);
  return copy;
}
