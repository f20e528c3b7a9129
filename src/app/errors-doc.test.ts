import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { catalogue } from "../core/errors/catalogue.ts";
import { StoreUnavailable } from "../ports/store-error.ts";
import { refusals } from "../transport/http/refusal.ts";

const document = readFileSync(resolve(import.meta.dir, "../../docs/errors.md"), "utf8");
const stored = new StoreUnavailable(null);
const everything = new Map<string, number>([
  ...Object.entries({ ...catalogue, ...refusals }).map(([code, { status }]) => [code, status] as const),
  [stored.code, stored.status],
]);

test("docs/errors.md lists every code with its status, and no other", () => {
  const rows = [...document.matchAll(/^\| `(\w+)` \| (\d{3}) \|/gm)].map(([, code, status]) => `${code} ${status}`);
  const codes = [...everything].map(([code, status]) => `${code} ${status}`);
  expect(rows.toSorted()).toEqual(codes.toSorted());
});

test("no code is used twice", () => {
  expect(Object.keys(catalogue).filter((code) => Object.hasOwn(refusals, code))).toEqual([]);
});
