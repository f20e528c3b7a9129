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

/** As the runtime has it: the URL of a request without a host, or with one that is none, is its path. */
function requestFor(host: string | null, path: string, scheme = "http"): Pick<Request, "url" | "headers"> {
  const url = host === null || !URL.canParse(`${scheme}://${host}/`) ? path : `${scheme}://${host}${path}`;
  return { url, headers: new Headers(host === null ? {} : { host }) };
}

test("the origin of a request is that of its own URL, whichever was asked before", () => {
  const hosts = [
    "Play.example.org:80",
    "other.example:8080",
    null,
    "%%%",
    "[::1]:81",
    "127.1",
    "a@b",
    "b/x?y#z",
    "h:99999",
    "",
  ];
  for (const host of [...hosts, ...hosts.toReversed()]) {
    for (const [scheme, server] of [
      ["http", base],
      ["https", "https://[::]:8443/"],
    ] as const) {
      const request = requestFor(host, "/a?b=c", scheme);
      for (const _ of ["first", "again"]) expect(originOf(request, server)).toBe(urlOf(request, server).origin);
    }
  }
});

test("a target that names another host changes nothing of the origin, not even for whoever asks next", () => {
  const crossed = { url: "http://evil.example/a", headers: new Headers({ host: "play.example.org" }) };
  const origins = [crossed, requestFor("play.example.org", "/a")].map((request) => originOf(request, base));
  expect(origins).toEqual(["http://play.example.org", "http://play.example.org"]);
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
