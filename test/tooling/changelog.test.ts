import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { copyPackage, root, type PackageCopy } from "./package-copy.ts";

const OLD = "# Changelog\n\nWords.\n\n## 0.1.0 (2026-01-01)\n\n### Added\n\n- Everything.\n";

async function changelog(folder: string, ...args: readonly string[]) {
  const child = Bun.spawn(["node", join(folder, "scripts/changelog.mjs"), ...args], { stdout: "pipe", stderr: "pipe" });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, out, err };
}

test("the fragments that are here have the form of fragments", async () => {
  const { code, out, err } = await changelog(root);
  expect([code, err]).toEqual([0, ""]);
  const fragments = readdirSync(join(root, "changelog.d")).filter((name) => name !== "README.md");
  expect(out.match(/^- /gm)?.length ?? 0).toBe(fragments.length);
});

test("CHANGELOG.md begins with the newest version, at most the one of package.json", () => {
  const text = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  const versions = [...text.matchAll(/^## (\d+\.\d+\.\d+) \(\d{4}-\d\d-\d\d\)$/gm)].map(([, version]) => version!);
  expect(versions.length).toBe(text.match(/^## /gm)!.length);
  expect(versions.toSorted(Bun.semver.order).toReversed()).toEqual(versions);
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  expect(Bun.semver.order(versions[0]!, version)).not.toBe(1);
});

describe("folding fragments", () => {
  let copy: PackageCopy;
  beforeEach(() => {
    copy = copyPackage(["scripts/changelog.mjs"], { modules: false });
    copy.write("CHANGELOG.md", OLD);
    copy.write("changelog.d/README.md", "# How\n");
  });
  afterEach(() => copy.remove());
  const read = (): string => readFileSync(join(copy.path, "CHANGELOG.md"), "utf8");

  test("makes a section of them above the others, and takes them away", async () => {
    copy.write("changelog.d/b.fixed.md", "B works.\n");
    copy.write("changelog.d/a.added.md", "A is\nnew.\n");
    expect(await changelog(copy.path, "0.2.0")).toMatchObject({ code: 0, err: "" });
    const today = new Date().toISOString().slice(0, 10);
    const made = `## 0.2.0 (${today})\n\n### Added\n\n- A is new.\n\n### Fixed\n\n- B works.\n\n`;
    // Midnight may have passed meanwhile.
    expect(read().replace(/(?<=## 0\.2\.0 \()[\d-]+/, today)).toBe(OLD.replace("## 0.1.0", `${made}## 0.1.0`));
    expect(readdirSync(join(copy.path, "changelog.d"))).toEqual(["README.md"]);
  });

  test("asks for a version that says enough", async () => {
    copy.write("changelog.d/a.fixed.md", "A works.\n");
    expect(await changelog(copy.path, "0.1.0")).toMatchObject({
      code: 1,
      err: expect.stringContaining("0.1.1 or above"),
    });
    copy.write("changelog.d/b.changed.md", "Breaking: B is gone.\n");
    expect(await changelog(copy.path, "0.1.1")).toMatchObject({
      code: 1,
      err: expect.stringContaining("0.2.0 or above"),
    });
    copy.write("CHANGELOG.md", OLD.replace("0.1.0", "1.4.9"));
    expect(await changelog(copy.path, "1.5.0")).toMatchObject({
      code: 1,
      err: expect.stringContaining("2.0.0 or above"),
    });
    expect(existsSync(join(copy.path, "changelog.d/a.fixed.md"))).toBe(true);
    expect((await changelog(copy.path, "2.0.0")).code).toBe(0);
  });

  test.each([
    ["a.md", "A works.", "a.md must be called"],
    ["a.mended.md", "A works.", "kinds are added"],
    ["a.fixed.md", "", "one paragraph"],
    ["a.fixed.md", "- A works.", "one paragraph"],
    ["a.fixed.md", "A works.\n\nB too.", "one paragraph"],
  ])("refuses %s with %j", async (name, text, says) => {
    copy.write(`changelog.d/${name}`, text);
    expect(await changelog(copy.path)).toMatchObject({ code: 1, err: expect.stringContaining(says) });
  });

  test("does nothing without any", async () => {
    expect(await changelog(copy.path, "0.2.0")).toMatchObject({
      code: 1,
      err: expect.stringContaining("no fragments"),
    });
    expect(read()).toBe(OLD);
  });
});
