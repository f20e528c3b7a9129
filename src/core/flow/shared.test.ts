import { expect, test } from "bun:test";
import { shared } from "./shared.ts";

test("who asks while a step runs shares the next run, begun after the question", async () => {
  const runs: PromiseWithResolvers<void>[] = [];
  const ask = shared(async () => {
    const run = Promise.withResolvers<void>();
    const number = runs.push(run);
    await run.promise;
    return number;
  });
  const first = ask();
  const others = [ask(), ask(), ask()];
  expect(runs.length).toBe(1);
  runs[0]!.resolve();
  expect(await first).toBe(1);
  await Promise.resolve();
  const last = ask();
  runs[1]!.reject(new Error("failed"));
  for (const one of others) expect(await one.catch(({ message }: Error) => message)).toBe("failed");
  await Promise.resolve();
  runs[2]!.resolve();
  expect([await last, runs.length]).toEqual([3, 3]);
});
