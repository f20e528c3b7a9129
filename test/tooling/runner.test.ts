import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { copyPackage, type PackageCopy } from "./package-copy.ts";

const PASSES = `import { expect, test } from "bun:test";\ntest("a <b> & \\"c\\"", () => expect(1).toBe(1));\n`;
const FAILS = PASSES.replace("toBe(1)", "toBe(2)");

describe("the test runner", () => {
  let copy: PackageCopy;
  beforeEach(() => {
    copy = copyPackage(["scripts", "test/run.mjs", "package.json", "package-lock.json", "bunfig.toml"]);
    // Nothing on the PATH but node: what a suite needs is there only if a test puts it there.
    mkdirSync(join(copy.path, "programs"));
    symlinkSync(Bun.which("node")!, join(copy.path, "programs/node"));
  });
  afterEach(() => copy.remove());

  const run = async (args: string[], env: Record<string, string> = {}): Promise<{ code: number; lines: string[] }> => {
    const child = Bun.spawn(["node", "test/run.mjs", ...args], {
      cwd: copy.path,
      env: { PATH: join(copy.path, "programs"), TMPDIR: process.env["TMPDIR"] ?? "/tmp", ...env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    const output = await new Response(child.stdout).text();
    return { code: await child.exited, lines: output.trimEnd().split("\n") };
  };

  test("closes with the sum and succeeds when all passed", async () => {
    copy.write("test/tooling/one.test.ts", PASSES);
    copy.write("test/tooling/two.test.ts", PASSES);
    const { code, lines } = await run(["tooling"]);
    expect(lines.at(-1)).toBe("2 passed, 0 failed");
    expect(code).toBe(0);
  });

  test("fails when a test failed, and shows why", async () => {
    copy.write("test/tooling/one.test.ts", PASSES);
    copy.write("test/tooling/two.test.ts", FAILS);
    const { code, lines } = await run(["tooling"]);
    expect(lines.join("\n")).toContain("Expected: 2");
    expect(lines.at(-1)).toBe("1 passed, 1 failed");
    expect(code).toBe(1);
  });

  test.each([
    ["cannot be loaded", `import "./nowhere.ts";\n`],
    ["holds no test", "export {};\n"],
    ["runs none of its tests", `import { test } from "bun:test";\ntest.skipIf(true)("x", () => {});\n`],
    ["fails outside any test", `${PASSES}import { afterAll } from "bun:test";\nafterAll(() => {\n  throw 1;\n});\n`],
  ])("fails when a file %s", async (_what, text) => {
    copy.write("test/tooling/one.test.ts", PASSES);
    copy.write("test/tooling/two.test.ts", text);
    const { code, lines } = await run(["tooling"]);
    expect(lines.at(-1)).toContain(", 1 failed");
    expect(code).toBe(1);
  });

  test("fails when the runner itself dies", async () => {
    copy.write("test/tooling/one.test.ts", `${PASSES}test("dies", () => process.kill(process.pid, "SIGKILL"));\n`);
    const { code, lines } = await run(["tooling"]);
    expect(lines.at(-1)).toBe("0 passed, 1 failed");
    expect(code).toBe(1);
  });

  test("runs only the files asked for", async () => {
    copy.write("test/tooling/one.test.ts", PASSES);
    copy.write("test/tooling/two.test.ts", FAILS);
    const { lines } = await run(["tooling", "one"]);
    expect(lines.at(-1)).toBe("1 passed, 0 failed");
  });

  test("leaves out, by name, a suite whose programs are missing", async () => {
    copy.write("test/contract/one.test.ts", PASSES);
    const { code, lines } = await run(["contract"]);
    expect(lines.join("\n")).toContain("contract  skipped: needs redis-server");
    expect(lines.at(-1)).toBe("0 passed, 0 failed, 1 skipped");
    expect(code).toBe(0);
  });

  test("fails that suite where CI=true", async () => {
    copy.write("test/contract/one.test.ts", PASSES);
    const { code, lines } = await run(["contract"], { CI: "true" });
    expect(lines.join("\n")).toContain("contract  failed: needs redis-server");
    expect(lines.at(-1)).toBe("0 passed, 1 failed");
    expect(code).toBe(1);
  });

  test.each([
    [0, "1 passed, 0 failed"],
    [1, "0 passed, 1 failed"],
  ])("runs the short measurements by node, and takes their word: %i", async (word, sum) => {
    for (const program of ["wrk", "taskset", "gcc", "redis-server", "postgres"]) {
      symlinkSync(process.execPath, join(copy.path, "programs", program));
    }
    copy.write("bench/run.mjs", `console.log("measured", process.argv[2]);\nprocess.exit(${word});\n`);
    const { code, lines } = await run(["bench"]);
    expect(lines).toContain("measured --smoke");
    expect([code, lines.at(-1)]).toEqual([word, sum]);
  });

  test("shows the tests no .env and a temporary folder that is gone afterwards", async () => {
    copy.write(".env", "FROM_DOT_ENV=loaded\n");
    copy.write(
      "test/tooling/one.test.ts",
      `import { expect, test } from "bun:test";
      test("sees", () => {
        expect(process.env["FROM_DOT_ENV"]).toBeUndefined();
        expect(process.env["NODE_ENV"]).toBe("test");
        console.log("folder:", process.env["TMPDIR"]);
      });`,
    );
    const { code, lines } = await run(["tooling"]);
    const folder = lines.find((line) => line.startsWith("folder: "))!.slice("folder: ".length);
    expect(folder).toContain("rdv-");
    expect(existsSync(folder)).toBe(false);
    expect(code).toBe(0);
  });
});
