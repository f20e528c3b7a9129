// Folds the fragments of changelog.d/ into CHANGELOG.md, as the section of a version.
//
//   node scripts/changelog.mjs 0.2.0        npm run changelog -- 0.2.0
//   node scripts/changelog.mjs              shows the section that it would write
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, "changelog.d");
const changelog = join(root, "CHANGELOG.md");

/** What the end of a fragment's name stands for, in the order of the sections. */
const kinds = { added: "Added", changed: "Changed", removed: "Removed", fixed: "Fixed", security: "Security" };
const BREAKING = "Breaking: ";
const NAME = /^[a-z0-9-]+\.(\w+)\.md$/;

try {
  const fragments = readFragments();
  const [version] = process.argv.slice(2);
  if (version === undefined) process.stdout.write(`${section("next", fragments)}\n`);
  else {
    fold(version, fragments);
    process.stdout.write(`CHANGELOG.md has ${version} now; ${fragments.length} fragments are folded into it.\n`);
  }
} catch (error) {
  process.stderr.write(`changelog: ${error.message}\n`);
  process.exit(1);
}

/** @returns {{ name: string, kind: string, text: string }[]} sorted by name */
function readFragments() {
  return readdirSync(folder)
    .filter((name) => name !== "README.md")
    .sort()
    .map((name) => {
      const kind = NAME.exec(name)?.[1];
      if (kind === undefined || !Object.hasOwn(kinds, kind)) {
        throw new Error(`${name} must be called subject.kind.md; kinds are ${Object.keys(kinds).join(", ")}`);
      }
      const text = readFileSync(join(folder, name), "utf8").trim();
      if (text === "" || /^[#*-]/.test(text) || text.includes("\n\n") || !text.endsWith(".")) {
        throw new Error(`${name} must hold one paragraph of sentences, which is no list and no heading`);
      }
      return { name, kind, text: text.replace(/\s*\n\s*/g, " ") };
    });
}

function section(heading, fragments) {
  const parts = Object.entries(kinds).flatMap(([kind, title]) => {
    const texts = fragments.filter((one) => one.kind === kind).map(({ text }) => `- ${text}`);
    return texts.length === 0 ? [] : [`### ${title}\n\n${texts.join("\n")}`];
  });
  return [`## ${heading}`, ...parts].join("\n\n");
}

function fold(version, fragments) {
  if (fragments.length === 0) throw new Error("there are no fragments in changelog.d");
  const text = readFileSync(changelog, "utf8");
  const at = text.search(/^## /m);
  const newest = /^## (\d+\.\d+\.\d+)/m.exec(text)?.[1];
  if (at < 0 || newest === undefined) throw new Error("CHANGELOG.md has no version");
  const least = leastAfter(newest, fragments);
  if (!/^\d+\.\d+\.\d+$/.test(version) || isBelow(version, least)) {
    throw new Error(`behind ${newest} and with these fragments the version is ${least} or above (docs/versioning.md)`);
  }
  const today = new Date().toISOString().slice(0, 10);
  writeFileSync(changelog, `${text.slice(0, at)}${section(`${version} (${today})`, fragments)}\n\n${text.slice(at)}`);
  for (const { name } of fragments) rmSync(join(folder, name));
}

/** Before 1.0.0 a break counts as a feature does, and a feature as a fix may. */
function leastAfter(version, fragments) {
  const [major, minor, patch] = version.split(".").map(Number);
  const breaks = fragments.some(({ kind, text }) => kind === "removed" || text.startsWith(BREAKING));
  const adds = fragments.some(({ kind }) => kind === "added" || kind === "changed");
  if (breaks && major > 0) return `${major + 1}.0.0`;
  if (breaks || adds) return `${major}.${minor + 1}.0`;
  return `${major}.${minor}.${patch + 1}`;
}

function isBelow(version, other) {
  const [one, two] = [version, other].map((text) => text.split(".").map(Number));
  const at = one.findIndex((part, index) => part !== two[index]);
  return at >= 0 && one[at] < two[at];
}
