import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

/** One of the programs beside this file. */
export interface Child {
  ask(command: string): Promise<any>;
  readonly first: Promise<any>;
  stop(): void;
}

const CORES = availableParallelism();
/** Where there is one core only, there is nothing to share out. */
const canPin = process.platform === "linux" && CORES > 1;

/** Gives the server the first of the machine's cores, so that the crowds, which have the rest, take nothing from it. */
export function pin(pid: number): void {
  if (canPin) Bun.spawnSync(["taskset", "-a", "-p", "-c", "0", `${pid}`]);
}

/** How long a process has waited for a core so far, in ms; 0 where the system does not tell. */
export function waitedMs(pid: number): number {
  if (process.platform !== "linux") return 0;
  return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[1]) / 1e6;
}

/** Starts one of the programs; each line it prints answers a command, and the first what it was started for. */
export function run(children: Child[], program: string, ...args: string[]): Child {
  const command = [process.execPath, join(import.meta.dir, program), ...args];
  // Those who measure come first: a crowd that takes the machine from them would be taken for a slow server.
  const apart = program === "others.ts" ? ["nice", "-n", "0"] : ["nice", "-n", "10"];
  const place = canPin ? ["taskset", "-c", `1-${CORES - 1}`] : [];
  const child = Bun.spawn([...apart, ...place, ...command], { stdin: "pipe", stdout: "pipe" });
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const next = async (): Promise<any> => {
    for (;;) {
      const end = text.indexOf("\n");
      if (end >= 0) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        return JSON.parse(line);
      }
      const { done, value } = await lines.read();
      if (done) throw new Error(`${program} ended`);
      text += value;
    }
  };
  const made: Child = {
    // Those that only answer commands say nothing before one.
    first: program === "crowd.ts" ? Promise.resolve(null) : next(),
    async ask(command) {
      await made.first;
      await child.stdin.write(`${command}\n`);
      await child.stdin.flush();
      return next();
    },
    stop: () => child.kill(),
  };
  children.push(made);
  return made;
}
