import { expect, test } from "bun:test";
import fc from "fast-check";
import { originOf, queryPairs, urlOf } from "./url.ts";

const base = "http://127.0.0.1:8080/";
const of = (url: string): string => urlOf({ url }, base).href;

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

test("the parameters of a query are those that the whole URL has", () => {
  const part = fc.oneof(
    fc.constantFrom(
      "",
      "a",
      "limit",
      "10",
      "=",
      "&",
      "?",
      "+",
      "%20",
      "%zz",
      "#",
      "'",
      '"',
      "<",
      "\u00e9",
      "[",
      "|",
      "\\",
    ),
    fc.string({ maxLength: 4 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), fc.boolean(), fc.boolean(), (parts, hasHost, hasHash) => {
      const url = `${hasHost ? "http://host.example" : ""}/path${hasHash ? "#" : ""}?${parts.join("")}`;
      expect(queryPairs(url) as unknown).toEqual([...urlOf({ url }).searchParams]);
    }),
    { numRuns: 2_000 },
  );
  expect(queryPairs("http://host.example/path")).toEqual([]);
});
