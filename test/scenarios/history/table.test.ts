import { expect, test } from "bun:test";
import type { Fate } from "./history.ts";
import { rowsOf, tableOf } from "./table.ts";
import { written } from "./written.ts";

/** Ten requests a second from 0 to 20 s; the fault strikes at 5 s and is healed at 8 s. */
function aRun(fateAt: (time: number) => Fate, more: { readonly status?: number; readonly retryAfter?: boolean } = {}) {
  const { history, at } = written();
  for (let time = 0; time < 20_000; time += 100) {
    if (time === 5_000) at(time).add("struck", { fault: "f" });
    if (time === 8_000) at(time).add("healed", { fault: "f" });
    const fate = fateAt(time);
    const status = fate === "done" ? 200 : (more.status ?? null);
    const asked = { face: "arena" as const, what: "join", askedAt: time, status, fate };
    at(time).add("asked", { ...asked, retryAfter: more.retryAfter ?? false });
  }
  return rowsOf(history, "cluster");
}

const failsUntil =
  (end: number) =>
  (time: number): Fate =>
    time >= 5_000 && time < end ? "unknown" : "done";

test("a row counts what was asked from the strike on, and says when all was as before", () => {
  const [row, ...more] = aRun(failsUntil(10_000));
  expect(more).toEqual([]);
  expect(row).toMatchObject({ face: "arena", asked: 150, done: 100, failed: 50, unworthy: 0 });
  expect(row).toMatchObject({ servedAgainAfterMs: 5_000, recoveredAfterMs: 2_000 });
});

test("what was served all the time was never away", () => {
  expect(aRun(() => "done")[0]).toMatchObject({ failed: 0, servedAgainAfterMs: 0, recoveredAfterMs: 0 });
});

test("what is never served again has not recovered", () => {
  expect(aRun(failsUntil(20_000))[0]).toMatchObject({ servedAgainAfterMs: null, recoveredAfterMs: null });
});

test("a 5xx is worthy if it is a 503 that says when to come back", () => {
  const unworthy = (status: number, retryAfter: boolean) =>
    aRun(failsUntil(6_000), { status, retryAfter })[0]!.unworthy;
  expect([unworthy(503, true), unworthy(503, false), unworthy(500, true)]).toEqual([0, 10, 10]);
});

test("the table is Markdown with a line for each face", () => {
  const table = tableOf([{ rows: aRun(failsUntil(10_000)), violations: [] }]).split("\n");
  expect(table).toHaveLength(3);
  expect(table[2]).toBe("| arena | f | cluster | 150 | 100 | 0 | 50 | 0 | 0 | 5.0 s | 2.0 s |");
});
