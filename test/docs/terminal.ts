import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";

/** How long a program may take until it is ready; a server of a fresh clone installs what it needs first. */
const READY_MS = 120_000;
/** How long a program that was told to stop may take. */
const STOP_MS = 12_000;

interface Program {
  readonly command: string;
  readonly isServer: boolean;
  readonly child: Bun.Subprocess;
  readonly output: () => string;
}

/**
 * A shell as a reader has one: folder and variables stay from one command to the next. What goes on runs beside it, as in
 * a terminal of its own.
 */
export class Terminal {
  readonly #state: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #programs: Program[] = [];

  /** @param folder for what it must remember; `cwd` is where it begins */
  constructor(folder: string, cwd: string, env: Readonly<Record<string, string>>) {
    this.#state = join(folder, "state");
    this.#env = { PATH: process.env["PATH"] ?? "", HOME: folder, TERM: "dumb", ...env };
    writeFileSync(this.#state, `cd '${cwd}'\n`);
  }

  /** The folder that it is in. */
  get cwd(): string {
    return /^cd '(.*)'$/m.exec(readFileSync(this.#state, "utf8"))![1]!;
  }

  /**
   * Runs commands to their end and hands back what they print.
   *
   * @throws {Error} if one of them fails
   */
  async run(code: string): Promise<string> {
    const next = `${this.#state}.next`;
    const remember = `{ export -p; echo "cd '$PWD'"; } > '${next}'`;
    const script = `. '${this.#state}'\nset -aeo pipefail\n${code}\n${remember}`;
    const { child, output } = this.#start(script);
    const exit = await child.exited;
    await output.done;
    if (exit !== 0 || !existsSync(next)) throw new Error(`it ended with ${exit}:\n${code}\n${output.text()}`);
    writeFileSync(this.#state, readFileSync(next));
    rmSync(next);
    return output.text();
  }

  /** Starts a command that goes on, and waits until it has said `ready`. A server takes the place of the one before. */
  async start(command: string, ready: string, isServer: boolean): Promise<void> {
    if (isServer) await this.#end(this.#programs.filter((one) => one.isServer));
    const { child, output } = this.#start(`. '${this.#state}'\n${command}`);
    this.#programs.push({ command, isServer, child, output: output.text });
    await eventually(
      `"${ready}" of ${command}`,
      () => {
        if (output.text().includes(ready)) return true;
        if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}:\n${command}\n${output.text()}`);
        return false;
      },
      READY_MS,
    ).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}\n${output.text()}`, { cause: error });
    });
  }

  /** What the program that was started last with this in its command has said. */
  heard(by: string): string {
    const program = this.#programs.findLast(({ command }) => command.includes(by));
    if (program === undefined) throw new Error(`nothing that goes on has ${by} in its command`);
    return program.output();
  }

  /** Ends everything that goes on, the last first, as Ctrl-C would. */
  async stop(): Promise<void> {
    await this.#end(this.#programs.splice(0));
  }

  async #end(programs: readonly Program[]): Promise<void> {
    for (const { child } of programs.toReversed()) {
      signalGroup(child, "SIGTERM");
      const late = setTimeout(() => signalGroup(child, "SIGKILL"), STOP_MS);
      await child.exited;
      clearTimeout(late);
      signalGroup(child, "SIGKILL");
    }
  }

  #start(script: string) {
    const child = Bun.spawn(["bash", "-c", script], {
      cwd: "/",
      env: { ...this.#env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      detached: true,
    });
    let text = "";
    const collect = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
      const decoder = new TextDecoder();
      for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
    };
    const done = Promise.all([collect(child.stdout), collect(child.stderr)]);
    return { child, output: { text: () => text, done } };
  }
}

/** A process of its own group, and all that it started. */
function signalGroup({ pid }: Bun.Subprocess, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // All of it has ended.
  }
}
