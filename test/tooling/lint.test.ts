import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { copyPackage, root, type PackageCopy } from "./package-copy.ts";

const PARTS = ["src", "scripts", ".oxlintrc.json", "tsconfig.json", "package.json"];

/** Looking at every type of the tree is a matter of the machine's speed alone. */
const TIMEOUT_MS = 180_000;

interface Violation {
  readonly what: string;
  readonly rule: string;
  readonly file: string;
  readonly text: string;
  readonly beside?: Readonly<Record<string, string>>;
}

/** One planted file for each thing that lint must refuse, and the rule that refuses it. */
const VIOLATIONS: readonly Violation[] = [
  {
    what: "core importing an adapter",
    rule: "rendezvous(layers)",
    file: "src/core/planted.ts",
    text: `export { systemClock } from "../adapters/system/clock.ts";`,
  },
  {
    what: "core importing the transport, even as a type",
    rule: "rendezvous(layers)",
    file: "src/core/planted.ts",
    text: `export type { Face } from "../transport/face.ts";`,
  },
  {
    what: "a port importing more than types from core",
    rule: "rendezvous(layers)",
    file: "src/ports/planted.ts",
    text: `export { DomainError } from "../core/errors/errors.ts";`,
  },
  {
    what: "an adapter importing core",
    rule: "rendezvous(layers)",
    file: "src/adapters/planted/planted.ts",
    text: `export { DomainError } from "../../core/errors/errors.ts";`,
  },
  {
    what: "a face importing an adapter",
    rule: "rendezvous(layers)",
    file: "src/faces/planted/planted.ts",
    text: `export { systemClock } from "../../adapters/system/clock.ts";`,
  },
  {
    what: "a face importing another face, by a dynamic import",
    rule: "rendezvous(layers)",
    file: "src/faces/planted/planted.ts",
    text: `export const load = () => import("../host-pool/routes.ts");`,
  },
  {
    what: "the transport importing the domain",
    rule: "rendezvous(layers)",
    file: "src/transport/planted.ts",
    text: `export type { Leases } from "../ports/leases.ts";`,
  },
  {
    what: "a cycle",
    rule: "import(no-cycle)",
    file: "src/core/planted/one.ts",
    text: `import { two } from "./two.ts";\nexport const one = (): number => two();`,
    beside: { "src/core/planted/two.ts": `import { one } from "./one.ts";\nexport const two = (): number => one();` },
  },
  {
    what: "a promise nobody waits for",
    rule: "typescript(no-floating-promises)",
    file: "src/core/planted.ts",
    text: `async function work(): Promise<void> {}\nexport const start = (): void => {\n  work();\n};`,
  },
  {
    what: "a promise where none is expected",
    rule: "typescript(no-misused-promises)",
    file: "src/core/planted.ts",
    text: `async function work(): Promise<void> {}\nexport const start = (): void => [1].forEach(async () => work());`,
  },
  {
    what: "Bun in core",
    rule: "rendezvous(runtime-neutral)",
    file: "src/core/planted.ts",
    text: `export const version = Bun.version;`,
  },
  {
    what: "a module of Bun's in an adapter",
    rule: "rendezvous(runtime-neutral)",
    file: "src/adapters/planted/planted.ts",
    text: `export { Database } from "bun:sqlite";`,
  },
  {
    what: "Date.now in core",
    rule: "rendezvous(clock-and-random)",
    file: "src/core/planted.ts",
    text: `export const now = (): number => Date.now();`,
  },
  {
    what: "new Date() in a face",
    rule: "rendezvous(clock-and-random)",
    file: "src/faces/planted/planted.ts",
    text: `export const now = (): Date => new Date();`,
  },
  {
    what: "setTimeout in the transport",
    rule: "rendezvous(clock-and-random)",
    file: "src/transport/planted.ts",
    text: `export const later = (run: () => void): unknown => setTimeout(run, 1);`,
  },
  {
    what: "Math.random in core",
    rule: "rendezvous(clock-and-random)",
    file: "src/core/planted.ts",
    text: `export const dice = (): number => Math.random();`,
  },
  {
    what: "a test left out",
    rule: "rendezvous(every-test-runs)",
    file: "src/core/planted.test.ts",
    text: `import { test } from "bun:test";\ntest.skip("nothing", () => {});`,
  },
];

/** What is fine, though it looks like one of the above. */
const INNOCENT = `
import type { Clock } from "../ports/clock.ts";
import { DomainError } from "./errors/errors.ts";
export const at = (clock: Clock): Date => new Date(clock.now());
export const refuse = (): never => {
  throw new DomainError("draining");
};
`;

describe("lint", () => {
  let copy: PackageCopy;
  beforeAll(() => {
    copy = copyPackage(PARTS);
  });
  afterAll(() => copy.remove());

  test(
    "passes the tree as it is",
    async () => {
      const { code } = await lint(root, []);
      expect(code).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    "passes a core file that uses ports, core and a given time",
    async () => {
      copy.write("src/core/innocent.ts", INNOCENT);
      const { code, output } = await lint(copy.path, ["src/core/innocent.ts"]);
      expect(output).toContain("Found 0 warnings and 0 errors");
      expect(code).toBe(0);
    },
    TIMEOUT_MS,
  );

  const refuses = async ({ rule, file, text, beside }: Violation): Promise<void> => {
    const planted = { [file]: `${text}\n`, ...beside };
    for (const [path, content] of Object.entries(planted)) copy.write(path, content);
    const { code, output } = await lint(copy.path, [file]);
    for (const path of Object.keys(planted)) await Bun.file(join(copy.path, path)).delete();
    expect(output).toContain(rule);
    expect(code).toBe(1);
  };
  for (const violation of VIOLATIONS) test(`refuses ${violation.what}`, () => refuses(violation), TIMEOUT_MS);
});

async function lint(cwd: string, files: readonly string[]): Promise<{ code: number; output: string }> {
  const command = [join(root, "node_modules/.bin/oxlint"), "--type-aware", "--deny-warnings", ...files];
  const child = Bun.spawn(command, { cwd, stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const output = await new Response(child.stdout).text();
  return { code: await child.exited, output };
}
