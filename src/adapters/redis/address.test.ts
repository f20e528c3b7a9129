import { expect, test } from "bun:test";
import { readAddress } from "./address.ts";

test("one URL is one server, with its login for what it names", () => {
  const { seeds, login } = readAddress("rediss://me:p%40ss,word@[::1]/2");
  expect(seeds).toEqual([{ url: "rediss://me:p%40ss,word@[::1]/2", host: "::1", port: 6379 }]);
  expect(login).toEqual({ username: "me", password: "p@ss,word", tls: {} });
});

test("of several the first that has a password says how to log in", () => {
  const { seeds, login } = readAddress("redis://a:1,redis://:x@b:2, redis://c");
  expect(seeds.map(({ host, port }) => `${host}:${port}`)).toEqual(["a:1", "b:2", "c:6379"]);
  expect(login).toEqual({ password: "x" });
});
