import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../tooling/package-copy.ts";
import { readPage } from "./page.ts";
import { follow } from "./reader.ts";

/** A page may do a good deal, and the machine may have other things to do. */
const PAGE_MS = 300_000;

/** Pages that need a compiler: `test/examples/` follows them, where there is one. */
export const COMPILED: ReadonlySet<string> = new Set(["docs/cpp-host.md"]);

/** Every page whose commands are run. */
export function pagePaths(): readonly string[] {
  const found = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
  return ["README.md", ...found.map((path) => `docs/${path.replaceAll("\\", "/")}`)]
    .filter((path) => path.endsWith(".md"))
    .toSorted();
}

/** A test of each page that has something to do and is one of these. */
export function testPages(isOne: (path: string) => boolean): void {
  const pages = pagePaths()
    .filter(isOne)
    .map(readPage)
    .filter(({ steps }) => steps.length > 0);
  test("there are pages", () => expect(pages.length).toBeGreaterThan(0));
  for (const page of pages) test(`${page.path}: everything goes as it says`, () => follow(page), PAGE_MS);
}

/** A third of the pages that need no compiler, by their place in the list, so that three processes have as much to do. */
export function third(which: 0 | 1 | 2): (path: string) => boolean {
  const paths = pagePaths().filter((path) => !COMPILED.has(path));
  return (path) => paths.indexOf(path) % 3 === which;
}
