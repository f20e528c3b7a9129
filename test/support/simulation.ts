import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ourProgram } from "./our-program.ts";

/** A real `rendezvous simulate arena --json`. */
export interface RunningSimulation {
  /** Of the first match, as soon as it is played. */
  readonly matchId: Promise<string>;
  /** What it printed at its end, and its exit code. */
  readonly ended: Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;
  /** As Ctrl-C does. */
  interrupt(): void;
  /** Time stands still for it until it goes on. */
  hold(): void;
  goOn(): void;
}

export function simulate(url: string, ...flags: readonly string[]): RunningSimulation {
  const cwd = mkdtempSync(join(tmpdir(), "rendezvous-simulation-"));
  const call = ["simulate", "arena", "--url", url, "--json", ...flags];
  const command = [process.execPath, "--no-env-file", ourProgram, ...call];
  const child = Bun.spawn(command, {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", HOME: cwd },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const { promise: matchId, resolve: found, reject } = Promise.withResolvers<string>();
  // Who does not ask for it need not hear that there was none.
  matchId.catch(() => null);
  let stderr = "";
  const listen = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stderr) {
      stderr += decoder.decode(chunk, { stream: true });
      const id = /\/watch\/(\S+)/.exec(stderr)?.[1];
      if (id !== undefined) found(id);
    }
  };
  const ended = Promise.all([child.exited, new Response(child.stdout).text(), listen()]).then(([code, stdout]) => {
    rmSync(cwd, { recursive: true, force: true });
    reject(new Error(`nothing was played:\n${stderr}`));
    return { code, stdout, stderr };
  });
  return {
    matchId,
    ended,
    interrupt: () => child.kill("SIGINT"),
    hold: () => child.kill("SIGSTOP"),
    goOn: () => child.kill("SIGCONT"),
  };
}
