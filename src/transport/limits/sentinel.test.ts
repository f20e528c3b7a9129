import { afterEach, expect, spyOn, test } from "bun:test";
import { openSentinel } from "./sentinel.ts";
import type { Sentinel } from "./overload.ts";
import { eventually } from "../../../test/support/eventually.ts";

let sentinel: Sentinel | undefined;
afterEach(() => sentinel?.stop());

const roundTrip = (): Promise<boolean> =>
  new Promise((done) => {
    if (!sentinel!.send(() => done(true))) done(false);
  });

test("comes back each time it is sent", async () => {
  sentinel = await openSentinel();
  for (let n = 0; n < 3; n++) expect(await roundTrip()).toBe(true);
});

test("a lost connection is taken for a return, and another one takes its place", async () => {
  const connecting = spyOn(Bun, "connect");
  sentinel = await openSentinel();
  const first = (await connecting.mock.results[0]!.value) as Bun.Socket;
  connecting.mockRestore();
  const underWay = roundTrip();
  first.terminate();
  expect(await underWay).toBe(true);
  expect(sentinel.send(() => undefined)).toBe(false);
  await eventually("it goes round again", roundTrip);
  expect(await roundTrip()).toBe(true);
});

test("goes nowhere once it is stopped", async () => {
  sentinel = await openSentinel();
  sentinel.stop();
  expect(await roundTrip()).toBe(false);
});
