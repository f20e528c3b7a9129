import { expect, test } from "bun:test";
import { createVirtualClock } from "../../test/support/virtual-clock.ts";
import { StoreUnavailable } from "../ports/store-error.ts";
import { createFailureLog, notedFailures } from "./failures.ts";
import type { Logger } from "./log.ts";

function setUp() {
  const clock = createVirtualClock();
  const written: { what: string; fields: Record<string, unknown> }[] = [];
  const troubles: string[] = [];
  const log = {
    error: (fields: Record<string, unknown>, what: string) => written.push({ what, fields }),
    isLevelEnabled: () => false,
  };
  return {
    clock,
    written,
    troubles,
    report: createFailureLog({ log: log as unknown as Logger, clock, troubles: () => troubles }),
  };
}

test("the same failure is written once in a while, with how many were left out", async () => {
  const { clock, written, report } = setUp();
  for (let n = 0; n < 100; n++) report("a request failed", new Error("disk"));
  report("a request failed", new Error("net"));
  expect(written.length).toBe(2);
  await clock.advance(10_000);
  report("a request failed", new Error("disk"));
  expect(written[2]!.fields["leftOut"]).toBe(99);
});

test("a store that is known to be away is not reported for each request; one that answers with an error is", () => {
  const { written, troubles, report } = setUp();
  report("a request failed", new StoreUnavailable(new Error("READONLY")));
  expect(written.length).toBe(1);
  troubles.push("redis is not reachable");
  report("a sweep failed", new StoreUnavailable(new Error("closed")));
  expect(written.length).toBe(1);
});

test("operators see every failure, in a line without secrets", () => {
  const { report, written } = setUp();
  const noted: (readonly [string, string | null])[] = [];
  const both = notedFailures(report, { note: (text, route) => void noted.push([text, route]) }, ["hunter2"]);
  const error = new Error("refused hunter2\nand more", { cause: new Error("why") });
  both("a request failed", error, { method: "GET", route: "/a" });
  both("a step failed", new StoreUnavailable(new Error("gone")));
  expect(noted).toEqual([
    ["a request failed: refused [secret]", "GET /a"],
    [expect.stringMatching(/^a step failed: /), null],
  ]);
  expect(written).toHaveLength(2);
});
