import { expect, test } from "bun:test";
import { createTurnstile } from "./turnstile.ts";

function world() {
  const turns: (() => void)[] = [];
  const turnstile = createTurnstile((run) => void turns.push(run), 3);
  const passed: number[] = [];
  const come = (n: number): void => {
    const waiting = turnstile.pass();
    if (waiting === null) passed.push(n);
    else void waiting.then(() => passed.push(n));
  };
  const turn = async (): Promise<void> => {
    for (const run of turns.splice(0)) run();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { come, turn, passed, turns };
}

test("a few pass at once", () => {
  const { come, passed } = world();
  for (const n of [1, 2, 3]) come(n);
  expect(passed).toEqual([1, 2, 3]);
});

test("of a crowd a few pass each turn, in their order, also before those who come later", async () => {
  const { come, turn, passed, turns } = world();
  for (let n = 1; n <= 8; n++) come(n);
  expect(passed).toEqual([1, 2, 3]);
  await turn();
  expect(passed).toEqual([1, 2, 3, 4, 5, 6]);
  come(9);
  await turn();
  expect(passed).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await turn();
  await turn();
  expect(turns).toEqual([]);
});

test("a turn later as many pass at once again", async () => {
  const { come, turn, passed } = world();
  for (const n of [1, 2, 3]) come(n);
  await turn();
  for (const n of [4, 5, 6]) come(n);
  expect(passed).toEqual([1, 2, 3, 4, 5, 6]);
});
