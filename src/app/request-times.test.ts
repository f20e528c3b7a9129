import { expect, test } from "bun:test";
import { RequestTimes } from "./request-times.ts";

test("requests are told apart by route, method and status", () => {
  const times = new RequestTimes();
  times.answered("/a", "GET", 200, 1);
  times.answered("/a", "GET", 200, 3_000);
  times.answered("/a", "POST", 404, 2);
  const counts = times.figures().map(({ labels, value }) => [labels, (value as { count: number }).count]);
  expect(counts).toEqual([
    [{ route: "/a", method: "GET", status: "200" }, 2],
    [{ route: "/a", method: "POST", status: "404" }, 1],
  ]);
  expect(times.read()[0]!.times).toMatchObject({ count: 2, sum: 3.001 });
  expect(times.read()[0]!.times.atMost.at(-1)).toBe(1);
});

test("a method that somebody invented is no label", () => {
  const times = new RequestTimes();
  for (const method of ["BREW", "WHEN"]) times.answered("/a", method, 405, 1);
  expect(times.figures().map(({ labels }) => labels)).toEqual([{ route: "/a", method: "other", status: "405" }]);
});

test("each is counted where it belongs, whatever came before it", () => {
  const times = new RequestTimes();
  const kinds = [
    ["/a", "GET", 200],
    ["/a", "GET", 404],
    ["/a", "POST", 404],
    ["/b", "POST", 404],
    ["/b", "BREW", 404],
  ] as const;
  for (const order of [kinds, kinds.toReversed(), [...kinds, ...kinds]]) {
    for (const [route, method, status] of order) times.answered(route, method, status, 1);
  }
  expect(times.read().map(({ route, method, status, times: { count } }) => [route, method, status, count])).toEqual([
    ["/a", "GET", 200, 4],
    ["/a", "GET", 404, 4],
    ["/a", "POST", 404, 4],
    ["/b", "POST", 404, 4],
    ["/b", "other", 404, 4],
  ]);
});
