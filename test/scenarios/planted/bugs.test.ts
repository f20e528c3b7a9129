import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { quickBugs, slowBugs } from "./bugs.ts";

const root = join(import.meta.dir, "../../..");

test.each([...quickBugs, ...slowBugs].map((bug) => [bug.name, bug.changes] as const))(
  "%s has its place in the source, and one",
  (_, changes) => {
    for (const { file, text } of changes) {
      expect({ file, places: readFileSync(join(root, file), "utf8").split(text).length - 1 }).toEqual({
        file,
        places: 1,
      });
    }
  },
);
