import { expect, test } from "bun:test";
import type { RefusalCount } from "../overview/report.ts";
import { refusalSource } from "./refusals.ts";

const QUERY = { limit: 10, from: null } as const;

test("what was refused keeps its id however much more is asked and refused", async () => {
  let asked = 7;
  const counts = (): readonly RefusalCount[] => [
    { by: "route", name: "GET /a", status: 404, count: asked - 5, of: `${asked} requests`, face: "arena" },
    { by: "code", name: "rate_limited", status: 429, count: 1, of: "requests", face: null },
    { by: "code", name: "rate_limited", status: 429, count: 1, of: "messages on sockets", face: null },
  ];
  const source = refusalSource(async () => counts(), "0123456789abcdef");
  const ids = async () => (await source.page(QUERY)).items.map(({ id }) => id);
  const before = await ids();
  expect(new Set(before).size).toBe(3);
  asked = 8;
  expect(await ids()).toEqual(before);
  for (const id of before) expect((await source.find(id))?.item.id).toBe(id);
});
