import { describe, expect, test } from "bun:test";
import { LONG_MS } from "../run.ts";
import { quickBugs } from "./bugs.ts";
import { violationsWith } from "./find-bug.ts";

describe.concurrent("a planted bug is found by the promise that it breaks", () => {
  for (const bug of quickBugs) {
    const find = async (): Promise<void> => {
      expect((await violationsWith(bug)).map(({ invariant }) => invariant)).toContain(bug.breaks);
    };
    test(`${bug.breaks}: ${bug.name}`, find, LONG_MS);
  }
});
