import { expect, test } from "bun:test";
import { isForeign, isLocal } from "./local.ts";

const local = (headers: Record<string, string> = {}, peer = "127.0.0.1", url = "http://127.0.0.1:8080/x") =>
  isLocal(new Request(url, { headers }), peer);

test("a call from this machine to this machine is local", () => {
  expect(local()).toBe(true);
  expect(local({}, "::1", "http://[::1]:8080/x")).toBe(true);
  expect(local({ origin: "http://localhost:8080" }, "127.0.0.1", "http://localhost:8080/x")).toBe(true);
  expect(local({ "sec-fetch-site": "none" })).toBe(true);
});

test("one from elsewhere is not, whatever it says", () => {
  expect(local({}, "10.0.0.1")).toBe(false);
  expect(local({ "x-forwarded-for": "127.0.0.1" }, "10.0.0.1")).toBe(false);
});

test("behind a proxy on this machine nobody is local", () => {
  for (const name of [
    "x-forwarded-for",
    "forwarded",
    "x-forwarded-host",
    "x-real-ip",
    "via",
    "cf-connecting-ip",
    "fly-client-ip",
  ]) {
    expect(local({ [name]: "127.0.0.1" })).toBe(false);
  }
});

test("pages of other origins are not local, nor is a page that took our address for its name", () => {
  expect(local({ origin: "https://evil.example" })).toBe(false);
  expect(local({ origin: "null" })).toBe(false);
  expect(local({ origin: "http://127.0.0.1:9999" })).toBe(false);
  expect(local({ "sec-fetch-site": "cross-site" })).toBe(false);
  expect(local({}, "127.0.0.1", "http://evil.example:8080/x")).toBe(false);
  expect(local({ origin: "http://evil.example:8080" }, "127.0.0.1", "http://evil.example:8080/x")).toBe(false);
  expect(local({}, "127.0.0.1", "http://127.0.0.1.evil.example/x")).toBe(false);
});

test("foreign is an origin whose host is none of ours, port included, or one without TLS where ours has it", () => {
  const from = (origin?: string) =>
    isForeign(new Request("http://a/", origin === undefined ? {} : { headers: { origin } }), [
      "http://a",
      "http://b:81",
      "https://c",
    ]);
  expect([from(), from("http://a"), from("https://b:81")]).toEqual([false, false, false]);
  expect([from("https://c"), from("http://c"), from("https://a")]).toEqual([false, true, false]);
  expect([from("http://b"), from("null"), from("file://"), from("http://a.b")]).toEqual([true, true, true, true]);
});
