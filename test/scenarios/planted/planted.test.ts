import { describe, expect, test } from "bun:test";
import { LONG_MS } from "../run.ts";
import { quickBugs } from "./bugs.ts";
import { violationsWith } from "./find-bug.ts";

/** Whether a bug shows hangs on which of two comes first; with another seed it is another one. */
const TRIES = 3;

describe.concurrent("a planted bug is found by the promise that it breaks", () => {
  for (const bug of quickBugs) {
    const find = async (): Promise<void> => {
      let found: number[] = [];
      for (let tries = 0; tries < TRIES && !found.includes(bug.breaks); tries++) {
        found = (await violationsWith(bug)).map(({ invariant }) => invariant);
      }
      expect(found).toContain(bug.breaks);
    };
    test(`${bug.breaks}: ${bug.name}`, find, 2 * LONG_MS);
  }
});
