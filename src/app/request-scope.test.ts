import { expect, test } from "bun:test";
import { createRequestScope } from "./request-scope.ts";
import type { Span, Tracer } from "./tracing/tracer.ts";

function recorded() {
  const ended: boolean[] = [];
  const span: Span = {
    traceId: "1".repeat(32),
    spanId: "2".repeat(16),
    isSampled: true,
    end: (hasFailed) => void ended.push(hasFailed),
  };
  const tracer: Tracer = { begin: () => span, stop: async () => undefined };
  return { scope: createRequestScope({ token: () => "process" }, tracer), ended };
}

test("where traces are kept, a message that fails later still fails for whoever handles its socket", async () => {
  const { scope, ended } = recorded();
  const failure = new Error("the store is away");
  const work = async (): Promise<void> => {
    await Promise.resolve();
    throw failure;
  };
  expect(await Promise.resolve(scope.message!("door", "id", work)).catch((error: unknown) => error)).toBe(failure);
  expect(ended).toEqual([true]);
});
