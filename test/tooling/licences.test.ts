import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isAllowed, listed, packagesOf } from "../../scripts/licences.mjs";
import { root } from "./package-copy.ts";

const packages = packagesOf(root);

test("docs/licences.md lists every package of the lock file with its licence", () => {
  expect(packages.length).toBeGreaterThan(100);
  expect(readFileSync(join(root, "docs/licences.md"), "utf8")).toBe(listed(packages));
});

test("every licence is one that asks for no more than to keep its notice", () => {
  expect(packages.filter(({ licence, dev }) => !isAllowed(licence, dev))).toEqual([]);
});

test("of licences on offer one suffices, of those that come together none may be missing", () => {
  expect(["MIT", "(MIT OR GPL-3.0)", "MIT AND ISC"].map((one) => isAllowed(one))).toEqual([true, true, true]);
  expect(["GPL-3.0", "MIT AND GPL-3.0", "unknown", "SEE LICENSE IN x"].map((one) => isAllowed(one))).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test("what is not passed on may ask for the source of its changes, what is may not", () => {
  expect([isAllowed("MPL-2.0", true), isAllowed("MPL-2.0"), isAllowed("GPL-3.0", true)]).toEqual([true, false, false]);
});
