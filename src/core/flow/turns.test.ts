import { expect, test } from "bun:test";
import { Turns } from "./turns.ts";

test("steps of one key run one after the other, those of others meanwhile, and an error holds up nobody", async () => {
  const turns = new Turns();
  const log: string[] = [];
  const first = Promise.withResolvers<void>();
  const failing = turns.take("a", async () => {
    log.push("a1");
    await first.promise;
    log.push("a1 over");
    throw new Error("a1");
  });
  const second = turns.take("a", async () => log.push("a2"));
  await turns.take("b", async () => log.push("b"));
  first.resolve();
  await expect(failing).rejects.toThrow("a1");
  await second;
  expect(log).toEqual(["a1", "b", "a1 over", "a2"]);
});

test("nothing is kept of a key once its last step is over", async () => {
  const turns = new Turns();
  for (let n = 0; n < 100; n++) void turns.take(`${n % 7}`, async () => undefined);
  // It waits for whatever is kept.
  await turns.idle();
});
