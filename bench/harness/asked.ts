import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { runtimeSettings } from "../../scripts/setup/runtime.mjs";
import { onCore, SERVER_CORE } from "./cores.ts";
import type { Figures } from "./rounds.ts";

/** A program that measures itself, once each time it is asked, and keeps what it has set up in between. */
export interface Asked {
  readonly pid: number;
  measure(): Promise<Figures>;
  stop(): Promise<unknown>;
}

/** What the program calls: sets up first, then measures for every line it is sent, until there are no more. */
export async function measureWhenAsked(measure: () => Promise<Figures>): Promise<void> {
  console.log("{}");
  for await (const _ of createInterface({ input: process.stdin })) console.log(JSON.stringify(await measure()));
  process.exit(0);
}

/** Starts such a program of ours on a core of its own and waits until it has set up. */
export async function startAsked(command: readonly string[], core = SERVER_CORE): Promise<Asked> {
  const child = Bun.spawn([...onCore(core), process.execPath, ...command], {
    env: { ...runtimeSettings, ...process.env },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const lines = createInterface({ input: Readable.from(child.stdout) })[Symbol.asyncIterator]();
  const next = async (): Promise<Figures> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`${command.join(" ")} ended with ${await child.exited}`);
    return JSON.parse(value) as Figures;
  };
  await next();
  return {
    pid: child.pid,
    measure() {
      void child.stdin.write("\n");
      void child.stdin.flush();
      return next();
    },
    stop() {
      child.kill("SIGKILL");
      return child.exited;
    },
  };
}
