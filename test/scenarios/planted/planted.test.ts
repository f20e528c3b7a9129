import { describe, expect, test } from "bun:test";
import { LONG_MS } from "../run.ts";
import { quickBugs } from "./bugs.ts";
import { promisesBrokenBy } from "./find-bug.ts";

describe.concurrent("a planted bug is found by the promise that it breaks", () => {
  for (const bug of quickBugs) {
    const find = async (): Promise<void> => expect(await promisesBrokenBy(bug)).toContain(bug.breaks);
    test(`${bug.breaks}: ${bug.name}`, find, 2 * LONG_MS);
  }
});
