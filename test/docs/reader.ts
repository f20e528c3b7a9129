import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { root } from "../tooling/package-copy.ts";
import { missingLine } from "./compare.ts";
import type { Page, Step } from "./page.ts";
import { StandIns } from "./stand-ins.ts";
import { Terminal } from "./terminal.ts";

/** What a clone of the repository does not have. */
const NOT_CLONED = new Set([".git", "node_modules", "data", "dist"]);
/** How long a program that goes on may take to say what the page shows. */
const SAID_MS = 30_000;
const SERVER = "http://127.0.0.1:8080";

export interface Manner {
  /** Clones and installs for real, with an empty cache, from the registry that npm knows here. */
  readonly fromNothing?: boolean;
}

/**
 * Does all that a page says, in its order, as its reader would: in an empty folder where the page clones the repository,
 * else in a clone. A page that speaks to a server and starts none finds one running.
 *
 * @throws {Error} at the first step that does not go as the page says
 */
export async function follow({ path, steps }: Page, { fromNothing = false }: Manner = {}): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "docs-"));
  const standIns = new StandIns(folder, fromNothing);
  const clone = join(folder, "clone");
  const begins = steps.some((step) => step.kind === "run" && step.code.includes("git clone"));
  const cwd = begins ? join(folder, "empty") : clone;
  mkdirSync(join(folder, "empty"));
  copyRepository(clone);
  const terminal = new Terminal(folder, cwd, {
    PORT: await standIns.toReal("8080"),
    LOG_LEVEL: "warn",
    ...(fromNothing ? { npm_config_userconfig: join(homedir(), ".npmrc") } : {}),
  });
  try {
    if (needsServer(steps)) await terminal.start("npm start", "listening on", true);
    for (const step of steps) {
      await take(step, terminal, standIns).catch((error: unknown) => {
        throw new Error(`${path}:${step.line}: ${standIns.toShown((error as Error).message)}`, { cause: error });
      });
    }
  } finally {
    await terminal.stop();
    await standIns.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function needsServer(steps: readonly Step[]): boolean {
  const starts = steps.some((step) => step.kind === "run" && step.goesOn === "listening on");
  const speaks = steps.some((step) => "code" in step && step.code.includes(SERVER));
  return speaks && !starts;
}

function copyRepository(path: string): void {
  mkdirSync(path);
  for (const name of readdirSync(root)) {
    if (!NOT_CLONED.has(name)) cpSync(join(root, name), join(path, name), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(path, "node_modules"));
}

async function take(step: Step, terminal: Terminal, standIns: StandIns): Promise<void> {
  switch (step.kind) {
    case "exception":
      return;
    case "file": {
      const file = join(terminal.cwd, step.name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, await standIns.toReal(step.text));
      return;
    }
    case "stop":
      return terminal.stop();
    case "said":
      return saysInTime(step.shown, () => standIns.toShown(terminal.heard(step.by)));
    case "run": {
      const code = await standIns.toReal(step.code);
      if (step.goesOn === null) return compare(step.shown, standIns.toShown(await terminal.run(code)));
      await terminal.start(code, await standIns.toReal(step.goesOn), step.goesOn === "listening on");
      return saysInTime(step.shown, () => standIns.toShown(terminal.heard(code)));
    }
  }
}

function compare(shown: string | null, output: string): void {
  const line = shown === null ? null : missingLine(shown, output);
  if (line !== null) throw new Error(`the output has no line as the page shows it: ${line}\n\n${output}`);
}

async function saysInTime(shown: string | null, output: () => string): Promise<void> {
  if (shown === null) return;
  await eventually("what the page shows", () => missingLine(shown, output()) === null, SAID_MS).catch(() => undefined);
  compare(shown, output());
}
