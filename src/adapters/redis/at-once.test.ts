import { expect, test } from "bun:test";
import { atOnce } from "./at-once.ts";

test("works on so many at a time, and hands the results back in order", async () => {
  let open = 0;
  let most = 0;
  const doubled = await atOnce(3, [1, 2, 3, 4, 5, 6, 7], async (item) => {
    most = Math.max(most, ++open);
    for (let turn = item; turn < 8; turn++) await Promise.resolve();
    open--;
    return item * 2;
  });
  expect(doubled).toEqual([2, 4, 6, 8, 10, 12, 14]);
  expect(most).toBe(3);
  expect(await atOnce(3, [], async () => 1)).toEqual([]);
});

test("after a failure begins no more, and rejects when nothing is under way", async () => {
  const begun: number[] = [];
  let ended = 0;
  const all = atOnce(2, [1, 2, 3, 4], async (item) => {
    begun.push(item);
    if (item === 1) throw new Error("first");
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    ended++;
  });
  expect(await all.catch((error: unknown) => error)).toEqual(new Error("first"));
  expect([begun, ended]).toEqual([[1, 2], 1]);
});
