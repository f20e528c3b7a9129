import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { root } from "../tooling/package-copy.ts";
import { documents, linked } from "./markdown.ts";

const all = documents();

/** Addresses of a running server, which `test/browser/pages.test.ts` follows, and of other sites. */
const isAddress = (target: string): boolean => /^(?:[a-z][a-z\d+.-]*:|\/)/i.test(target);

test("every relative link leads to a file, every anchor to a heading, and pictures are there", () => {
  const broken = all.flatMap((path) =>
    linked(path)
      .targets.filter((target) => !isAddress(target) && !leads(path, target))
      .map((target) => `${path}: ${target}`),
  );
  expect(broken).toEqual([]);
});

function leads(from: string, target: string): boolean {
  const [file = "", anchor] = target.split("#");
  const path = file === "" ? from : posix.join(folderOf(from), decodeURIComponent(file));
  if (!existsSync(join(root, path))) return false;
  return anchor === undefined || !path.endsWith(".md") || linked(path).anchors.has(anchor);
}

/** A fragment becomes a part of CHANGELOG.md, and is read from there. */
function folderOf(path: string): string {
  const folder = dirname(path);
  return folder === "changelog.d" && !path.endsWith("/README.md") ? "." : folder;
}

test("every document of docs/ is linked from another one, or stands in the folder of decisions", () => {
  const reached = new Set(
    all.flatMap((path) => linked(path).targets.map((target) => posix.join(dirname(path), target.split("#")[0]!))),
  );
  const alone = all.filter((path) => path.startsWith("docs/") && !reached.has(path));
  expect(alone.filter((path) => !path.startsWith("docs/decisions/"))).toEqual([]);
});

test("every script of npm that a document names is there", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object };
  const missing = all.flatMap((path) =>
    [...readFileSync(join(root, path), "utf8").matchAll(/\bnpm run ([a-z][\w:-]*)/g)]
      .filter(([, name]) => !Object.hasOwn(scripts, name!))
      .map(([, name]) => `${path}: npm run ${name}`),
  );
  expect(missing).toEqual([]);
});

test("every file of the source that a document names is there", () => {
  const sources = ["src", "test", "scripts", "bench", "web", "client", "contracts", "bin", "examples"].flatMap(
    (folder) =>
      existsSync(join(root, folder))
        ? readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) => `/${folder}/${path}`)
        : [],
  );
  const missing = all.flatMap((path) =>
    [...readFileSync(join(root, path), "utf8").matchAll(/`(\w[\w.-]*\/[\w./-]*\.(?:ts|mjs))`/g)]
      .filter(([, name]) => !sources.some((one) => one.endsWith(`/${name}`)))
      .map(([, name]) => `${path}: ${name}`),
  );
  expect(missing).toEqual([]);
});
