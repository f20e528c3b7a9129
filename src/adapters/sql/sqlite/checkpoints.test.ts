import { describe, expect, test } from "bun:test";
import { decide } from "./checkpoints.ts";

/** The longest the log becomes, in pages, and how often it is copied, until so many pages have been written. */
function write(pages: number, { group, lag }: { readonly group: number; readonly lag: number }) {
  let [log, checkpointed, longest, copies] = [0, 0, 0, 0];
  let renewFrom: number | undefined;
  /** How far each copy that is under way comes, and after how many groups. */
  let copying: { readonly to: number; left: number } | null = null;
  for (let written = 0; written < pages; written += group) {
    log += group;
    longest = Math.max(longest, log);
    if (copying !== null && copying.left-- === 0) {
      checkpointed = copying.to;
      copying = null;
    }
    if (copying !== null) continue;
    const decision = decide({ log, checkpointed }, renewFrom);
    renewFrom = decision.renewFrom;
    if (!decision.copies) continue;
    copies++;
    if (decision.waits) [log, checkpointed] = [0, 0];
    else copying = { to: log, left: lag };
  }
  return { longest, copies };
}

describe.each([0, 1, 5])("when a copy takes as long as %d groups", (lag) => {
  test.each([15, 40, 55, 100])("the log begins anew at its usual length, in groups of %d pages", (group) => {
    const { longest, copies } = write(1_000_000, { group, lag });
    expect(longest).toBeLessThan(9_000 + group * lag);
    // Whatever many groups write is copied once for all of them.
    expect(copies).toBeLessThanOrEqual(1_000_000 / 1_600);
  });
});

test("a reader who keeps the log as it is makes it copied now and then, and waited for only when it is very long", () => {
  let renewFrom: number | undefined;
  const at = (log: number, checkpointed: number) => {
    const decision = decide({ log, checkpointed }, renewFrom);
    ({ renewFrom } = decision);
    return decision;
  };
  expect(at(8_100, 1_000)).toMatchObject({ copies: true, waits: false });
  expect(at(12_100, 1_000)).toMatchObject({ copies: true, waits: true });
  expect(at(1_900, 0)).toMatchObject({ copies: false });
});
