import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { copyPackage, root, type PackageCopy } from "./package-copy.ts";

/**
 * Stands in for npm: notes how it was called, takes a while, and leaves what npm leaves, a Bun that can run and the
 * record of what is installed. With a file FAIL it fails as npm does without a network.
 */
const NPM = `
const { appendFileSync, copyFileSync, existsSync, mkdirSync, rmSync, symlinkSync } = require("node:fs");
appendFileSync("calls", process.argv.slice(2).join(" ") + "\\n");
setTimeout(() => {
  if (existsSync("FAIL")) {
    console.error("npm error code ENOTFOUND");
    process.exit(1);
  }
  mkdirSync("node_modules/bun/bin", { recursive: true });
  rmSync("node_modules/bun/bin/bun.exe", { force: true });
  symlinkSync(process.env.REAL_BUN, "node_modules/bun/bin/bun.exe");
  copyFileSync("package-lock.json", "node_modules/.package-lock.json");
}, 300);
`;

const CI = "ci --omit=dev --no-audit --no-fund --loglevel=error";
const INSTALL = "install --no-save --omit=dev --no-audit --no-fund --loglevel=error";

const lockFile = (packages: object): string => JSON.stringify({ lockfileVersion: 3, packages });
const LOCK = lockFile({
  "": {},
  "node_modules/bun": { version: "2.0.0" },
  "node_modules/elsewhere": { version: "1.0.0", optional: true },
  "node_modules/tool": { version: "1.0.0", dev: true },
});

describe("a start", () => {
  let copy: PackageCopy;
  beforeEach(() => {
    copy = copyPackage(["bin", "scripts", "package.json"], { modules: false });
    copy.write("package-lock.json", LOCK);
    copy.write("src/main.ts", `console.log("it runs");`);
    // The copy is a module by its package.json; npm is not.
    copy.write("npm/package.json", "{}");
    copy.write("npm/npm-cli.js", NPM);
  });
  afterEach(() => copy.remove());

  const launch = async (): Promise<{ code: number; out: string; err: string }> => {
    const child = Bun.spawn(["node", join(copy.path, "bin/rendezvous.mjs")], {
      cwd: copy.path,
      env: { ...process.env, npm_execpath: join(copy.path, "npm/npm-cli.js"), REAL_BUN: process.execPath },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    return { code: await child.exited, out, err };
  };
  const calls = (): string[] => readFileSync(join(copy.path, "calls"), "utf8").trim().split("\n");

  test("on a fresh clone installs what the server needs, says so, and runs", async () => {
    const { code, out, err } = await launch();
    expect(calls()).toEqual([CI]);
    expect(err).toContain("installing the server's dependencies");
    expect(out).toBe("it runs\n");
    expect(code).toBe(0);
  });

  test("with everything in place asks npm nothing and says nothing", async () => {
    await launch();
    const { out, err } = await launch();
    expect(calls()).toHaveLength(1);
    expect(out).toBe("it runs\n");
    expect(err).toBe("");
  });

  test("with other versions than package-lock.json's adds to node_modules and deletes nothing", async () => {
    copy.write("node_modules/.package-lock.json", lockFile({ "node_modules/bun": { version: "1.0.0" } }));
    await launch();
    expect(calls()).toEqual([INSTALL]);
  });

  test("keeps the tools where they are installed", async () => {
    const old = { "node_modules/bun": { version: "1.0.0" }, "node_modules/tool": { version: "1.0.0", dev: true } };
    copy.write("node_modules/.package-lock.json", lockFile(old));
    await launch();
    expect(calls()).toEqual([INSTALL.replace("--omit=dev", "--include=dev")]);
  });

  test("beside another start leaves the installing to it", async () => {
    const both = await Promise.all([launch(), launch(), launch()]);
    expect(calls()).toHaveLength(1);
    expect(both.map(({ out }) => out)).toEqual(["it runs\n", "it runs\n", "it runs\n"]);
    expect(both.filter(({ err }) => err.includes("another process is installing"))).toHaveLength(2);
  });

  test("does not wait for a process that died while it installed", async () => {
    const { pid, exited } = Bun.spawn(["true"]);
    await exited;
    copy.write(".install.lock", JSON.stringify({ pid, host: hostname() }));
    const { out } = await launch();
    expect(out).toBe("it runs\n");
  });

  test("says in words why npm failed, and the next start tries again", async () => {
    copy.write("FAIL", "");
    const { code, err } = await launch();
    expect(err).toContain("npm error code ENOTFOUND");
    expect(err).toContain("rendezvous: npm could not install: the package registry cannot be reached");
    expect(code).toBe(1);
    await launch();
    expect(calls()).toHaveLength(2);
  });
});

describe("package-lock.json", () => {
  interface Entry {
    readonly version: string;
    readonly resolved?: string;
    readonly link?: boolean;
    readonly integrity?: string;
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly optionalDependencies?: Readonly<Record<string, string>>;
  }
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as { packages: Record<string, Entry> };
  /** Folders of ours, which npm links, come from no registry. */
  const isOurs = (path: string): boolean => !path.includes("node_modules/") || lock.packages[path]!.link === true;
  const packages = Object.entries(lock.packages).filter(([path]) => !isOurs(path));

  test("names the packages of every platform, not only of the one it was written on", () => {
    const named = (by: string, name: string): boolean =>
      `${by}/node_modules/${name}` in lock.packages || `node_modules/${name}` in lock.packages;
    const missing = packages.flatMap(([path, { dependencies, optionalDependencies }]) =>
      Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => !named(path, name)),
    );
    expect(missing).toEqual([]);
    expect(named("", "@oven/bun-darwin-aarch64")).toBe(true);
  });

  test("has a checksum for every package and says nothing of where a registry is", () => {
    expect(packages.filter(([, { integrity }]) => integrity === undefined)).toEqual([]);
    expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });
});
