import { expect, test } from "bun:test";
import { JsonAnswer } from "./answer.ts";
import { Letterhead } from "./letterhead.ts";

const standing = { name: "find", limit: 10, windowMs: 1_000, remaining: 4, resetMs: 500, retryMs: 0, allowed: true };
const head = new Letterhead(new Headers({ "content-type": "application/json", "access-control-allow-origin": "*" }));
const say = (response: Response) => Object.fromEntries(response.headers);

test("each answer keeps its own name and standing, whatever is written after it", async () => {
  const first = head.write(new JsonAnswer(200, '{"n":1}'), "one", null);
  const counted = head.write(new JsonAnswer(201, '{"n":2}'), "two", standing);
  const later = head.write(new JsonAnswer(200, '{"n":3}'), "three", { ...standing, remaining: 3 });
  const another = head.write(new JsonAnswer(200, "{}"), "", { ...standing, name: "beat", limit: 9, windowMs: 2_000 });
  const nameless = head.write(new JsonAnswer(200, '{"n":4}'), "", null);
  const common = { "content-type": "application/json", "access-control-allow-origin": "*" };
  expect(say(first)).toEqual({ ...common, "x-request-id": "one" });
  expect(say(counted)).toEqual({
    ...common,
    "access-control-expose-headers": "RateLimit, RateLimit-Policy, Retry-After, X-Request-Id",
    "ratelimit-policy": '"find";q=10;w=1',
    ratelimit: '"find";r=4;t=1',
    "x-request-id": "two",
  });
  expect(later.headers.get("ratelimit")).toBe('"find";r=3;t=1');
  expect(later.headers.get("ratelimit-policy")).toBe('"find";q=10;w=1');
  expect(another.headers.get("ratelimit-policy")).toBe('"beat";q=9;w=2');
  expect(say(nameless)).toEqual(common);
  expect([counted.status, await counted.text()]).toEqual([201, '{"n":2}']);
});
