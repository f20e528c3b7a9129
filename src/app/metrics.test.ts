import { expect, test } from "bun:test";
import { createVirtualClock } from "../../test/support/virtual-clock.ts";
import type { Face } from "../transport/face.ts";
import { createMetrics } from "./metrics.ts";

let reads = 0;
let waiting = 0;
const face: Face = {
  name: "arena",
  http: [],
  async figures() {
    reads++;
    return [{ name: "arena_queue", help: "Waiting.", type: "gauge", value: waiting }];
  },
};
const metrics = createMetrics([face], createVirtualClock(), () => []);

test("a crowd that asks for the figures at once shares what is read", async () => {
  reads = 0;
  const texts = await Promise.all(Array.from({ length: 50 }, () => metrics.render()));
  expect(texts.every((text) => text.includes("rendezvous_arena_queue 0"))).toBe(true);
  expect(reads).toBeLessThanOrEqual(2);
});

test("nobody gets figures that are older than the question", async () => {
  const before = metrics.render();
  waiting = 7;
  const after = await metrics.render();
  await before;
  expect(after).toContain("rendezvous_arena_queue 7");
  waiting = 0;
  expect(await metrics.render()).toContain("rendezvous_arena_queue 0");
});
