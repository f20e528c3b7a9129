import { expect, test } from "bun:test";
import { z } from "zod";
import { bodyOf, queryOf } from "./decode.ts";
import { RecurringBodies } from "./recurring-bodies.ts";
import type { Route, RouteGroup } from "./route.ts";

const route = { query: z.object({ a: z.string().optional() }) } as unknown as Route;
const read = (query: string): unknown => queryOf(route, { url: `http://host.example/?${query}` } as Request);

test("a parameter that is given twice is refused by its name, wherever it stands", () => {
  expect(read("b=1&a=2&c")).toEqual({ a: "2" });
  expect(() => read("b=1&a=2&c&a=2")).toThrow("a: given more than once");
  expect(() => read("b&a&%62")).toThrow("b: given more than once");
});

test("a query of thousands of names takes no more than it has letters", () => {
  const query = Array.from({ length: 16_000 }, (_, at) => at.toString(36)).join("&");
  const times = Array.from({ length: 3 }, () => {
    const began = performance.now();
    read(query);
    return performance.now() - began;
  });
  // Some 10 ms; looked up one by one among the others it was 800.
  expect(Math.min(...times)).toBeLessThan(200);
});

test("a body that recurs is read once, and one that is refused each time that it comes", () => {
  let reads = 0;
  const body = z.object({ region: z.string() }).transform((read) => (reads++, read));
  const finds = { body, recurring: new RecurringBodies({ places: 4 }) } as unknown as Route;
  const come = (text: string): unknown => bodyOf({} as RouteGroup, finds, new TextEncoder().encode(text));
  for (let times = 0; times < 3; times++) {
    expect(come('{"region":"eu"}')).toEqual({ region: "eu" });
    expect(() => come('{"region":1}')).toThrow("region");
    expect(() => come('{"region":')).toThrow("not valid JSON");
  }
  expect(reads).toBe(1);
});
