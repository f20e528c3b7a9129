import { expect, test } from "bun:test";
import { descriptorLimit, readDescriptorLimit, requestsFor, socketsFor } from "./descriptors.ts";

const said = (soft: string) => `Limit                     Soft Limit           Hard Limit           Units
Max processes             1                    2                    processes
Max open files            ${soft}                20000                files     \n`;

test("the limit in effect is read of what Linux says", () => {
  expect(readDescriptorLimit(said("20000"))).toBe(20_000);
  expect(readDescriptorLimit(said("unlimited"))).toBe(1_000_000);
  expect(readDescriptorLimit("")).toBe(1_000_000);
  expect(descriptorLimit()).toBeGreaterThan(0);
});

test("sockets leave room for everything else", () => {
  expect(socketsFor(20_000)).toBe(19_000);
  expect(socketsFor(1_024)).toBe(768);
  expect(socketsFor(100)).toBe(1);
  expect([20_000, 1_024, 100].map(requestsFor)).toEqual([500, 128, 25]);
});
