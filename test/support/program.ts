import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ourProgram } from "./our-program.ts";

/** A command of the program that runs until it is told to stop. */
export interface RunningProgram {
  /** Everything it has printed so far, both streams. */
  output(): string;
  /** What it printed, and its exit code. */
  readonly ended: Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;
  /** As Ctrl-C does. */
  interrupt(): void;
}

/** Starts a command as its user would, in an empty working directory that is gone when it has ended. */
export function startProgram(args: readonly string[], settings: Readonly<Record<string, string>> = {}): RunningProgram {
  const cwd = mkdtempSync(join(tmpdir(), "rendezvous-program-"));
  const child = Bun.spawn([process.execPath, "--no-env-file", ourProgram, ...args], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", HOME: cwd, ...settings },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const printed = { stdout: "", stderr: "" };
  const collect = async (name: keyof typeof printed): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of child[name]) printed[name] += decoder.decode(chunk, { stream: true });
  };
  const ended = Promise.all([child.exited, collect("stdout"), collect("stderr")]).then(([code]) => {
    rmSync(cwd, { recursive: true, force: true });
    return { code, ...printed };
  });
  return { ended, output: () => printed.stdout + printed.stderr, interrupt: () => child.kill("SIGINT") };
}
