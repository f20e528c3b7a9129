import { expect, test } from "bun:test";
import { originOf, urlOf } from "./url.ts";

const base = "http://127.0.0.1:8080/";
const of = (url: string): string => urlOf({ url } as Request, base).href;

test("a request with a host has that host's URL", () => {
  expect(of("http://play.example.org/a?b=c")).toBe("http://play.example.org/a?b=c");
});

test("without a host, or with one that is none, the server's own address stands in", () => {
  expect(of("/a/b?x=1")).toBe("http://127.0.0.1:8080/a/b?x=1");
  expect(of("http://%%%/a/b?x=1")).toBe("http://127.0.0.1:8080/a/b?x=1");
  expect(of("//evil.example/a")).toBe("http://127.0.0.1:8080//evil.example/a");
});

test("the origin of a request is that of its own URL, whichever was asked before", () => {
  const originOfUrl = (url: string): string => originOf({ url } as Request, base);
  const origins = ["http://Play.example.org:80/a", "http://other.example:8080/a", "/a", "http://%%%/a"].flatMap(
    (url) => [originOfUrl(url), originOfUrl(url)],
  );
  const own = "http://127.0.0.1:8080";
  const [first, second] = ["http://play.example.org", "http://other.example:8080"];
  expect(origins).toEqual([first, first, second, second, own, own, own, own]);
});
