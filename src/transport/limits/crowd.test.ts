import { expect, test } from "bun:test";
import { Crowd } from "./crowd.ts";

const codeOf = (crowd: Crowd, address: string | null): string | null => crowd.refusal(address)?.code ?? null;

test("an address has as many sockets as it may, and one more once one has gone", () => {
  const crowd = new Crowd({ perAddress: 2, max: 100 });
  crowd.enter("a");
  crowd.enter("a");
  expect([codeOf(crowd, "a"), codeOf(crowd, "b"), codeOf(crowd, null)]).toEqual(["rate_limited", null, null]);
  crowd.leave("a");
  expect(codeOf(crowd, "a")).toBeNull();
  expect(crowd.size).toBe(1);
});

test("a full server takes nobody, not even those who count on no address", () => {
  const crowd = new Crowd({ perAddress: 0, max: 2 });
  crowd.enter("a");
  crowd.enter(null);
  expect([codeOf(crowd, "a"), codeOf(crowd, null)]).toEqual(["too_many_sockets", "too_many_sockets"]);
  crowd.leave(null);
  expect(codeOf(crowd, null)).toBeNull();
});

test("what has left leaves nothing behind", () => {
  const crowd = new Crowd({ perAddress: 1, max: 2 });
  for (let n = 0; n < 10; n++) {
    crowd.enter("a");
    crowd.leave("a");
  }
  expect([crowd.size, codeOf(crowd, "a")]).toEqual([0, null]);
});
