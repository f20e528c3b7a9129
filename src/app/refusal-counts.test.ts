import { expect, test } from "bun:test";
import { refusalCounts } from "./refusal-counts.ts";
import { RequestTimes } from "./request-times.ts";

test("what was refused is told by route, of how many requests, and by code", () => {
  const times = new RequestTimes();
  for (const status of [200, 200, 404, 503]) times.answered("/a", "GET", status, 1_000);
  const codes = new Map([
    ["http host_not_found", 1],
    ["socket too_many_messages", 2],
    ["socket internal", 0],
  ]);
  const told = refusalCounts(times.read(), codes, (route) => (route === "/a" ? "arena" : "server"));
  expect(told).toEqual([
    { by: "route", name: "GET /a", status: 404, count: 1, of: "4 requests", face: "arena" },
    { by: "route", name: "GET /a", status: 503, count: 1, of: "4 requests", face: "arena" },
    { by: "code", name: "host_not_found", status: 404, count: 1, of: "requests", face: null },
    { by: "code", name: "too_many_messages", status: 429, count: 2, of: "messages on sockets", face: null },
  ]);
});
