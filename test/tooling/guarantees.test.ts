import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { faults } from "../scenarios/faults/index.ts";

const root = join(import.meta.dir, "../..");
const text = readFileSync(join(root, "docs/guarantees.md"), "utf8");

/** Rows of tables of promises: what is promised, and what shows it. */
const rows = [...text.matchAll(/^\| (.+?) \| (.*(?:`\S+\.ts`|check[s]? \d).*) \|$/gm)].map(([, promise, proof]) => ({
  promise: promise!,
  proof: proof!,
}));

test("every promise of a face names a test that is there, or one of the checks", () => {
  expect(rows.length).toBeGreaterThan(30);
  for (const { promise, proof } of rows) {
    for (const part of proof.split("; ")) {
      if (/^checks? [1-8]( and [1-8])?$/.test(part)) continue;
      const [, file, name] = /^`(\S+\.ts)`: (.+)$/.exec(part) ?? [];
      expect([promise, part, file === undefined]).toEqual([promise, part, false]);
      const path = join(root, "test", file!);
      expect([promise, file, existsSync(path)]).toEqual([promise, file, true]);
      expect([part, readFileSync(path, "utf8").includes(name!)]).toEqual([part, true]);
    }
  }
});

test("no promise of a face is without a proof", () => {
  const faces = text.slice(text.indexOf("## Host pool"), text.indexOf("## Faults"));
  const promises = [...faces.matchAll(/^\| (?!promise|---)(.+?) \|/gm)].map(([, promise]) => promise!);
  expect(promises).toEqual(rows.filter(({ promise }) => faces.includes(promise)).map(({ promise }) => promise));
});

test("there are as many faults as are done to servers", () => {
  const described = [...text.slice(text.indexOf("## Faults")).matchAll(/^\| (?!fault|---)(.+?) \|/gm)];
  expect(described.length).toBeGreaterThanOrEqual(15);
  expect(faults.length).toBeGreaterThanOrEqual(15);
});
