import { expect, test } from "bun:test";
import { NodeUnreachable } from "../../../core/cluster/courier.ts";
import { sourceElsewhere } from "./elsewhere.ts";

const told = { kind: "matches", face: "arena", states: [], isLocal: false, acts: true } as const;
const QUERY = { limit: 10, from: null } as const;

test("of a node that does not answer nothing is shown, and what was to be done there is refused", async () => {
  const source = sourceElsewhere(told, "n", { one: () => Promise.reject(new NodeUnreachable("n")) });
  expect(await source.page(QUERY)).toEqual({ items: [], next: null });
  expect(await source.find("m")).toBeNull();
  expect(await source.search!("m")).toEqual([]);
  await expect(source.act!("end", "m", true)).rejects.toMatchObject({ code: "action_refused" });
});

test("a node that serves the face no more has nothing to show", async () => {
  const source = sourceElsewhere(told, "n", { one: async () => "null" });
  expect(await source.page(QUERY)).toEqual({ items: [], next: null });
  expect(await source.search!("m")).toEqual([]);
  expect(await source.act!("end", "m", true)).toBeNull();
});
