import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runtimeFlags, runtimeSettings } from "../../scripts/setup/runtime.mjs";
import { ourProgram } from "./our-program.ts";
import { leaksIn, secretsOf } from "./secrets.ts";

/** A real server process on a free port of the loopback. */
export interface RunningServer {
  readonly url: string;
  readonly wsUrl: string;
  readonly port: number;
  readonly pid: number;
  /** Everything it has printed so far, both streams. */
  output(): string;
  /** Sends the signal (SIGTERM) and waits for the exit code; 128 + n when a signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number>;
  /** The exit code, once it has ended. */
  readonly exited: Promise<number>;
}

export interface ServerOptions {
  /** What stands before the program; it must exec, so that the process is the server's. */
  readonly prefix?: readonly string[];
  /** The folder of another source tree, whose sources are run as they stand. Default: what a start runs of this one. */
  readonly source?: string;
  /** The single executable, instead. */
  readonly executable?: string;
}

/**
 * Starts `rendezvous serve` as its user would, in an empty working directory, and waits until it is ready.
 * Settings go in as environment variables. Whatever it prints is searched for secrets when it ends: `exited` and `stop`
 * reject if there are any.
 */
export async function startServer(
  settings: Record<string, string> = {},
  { prefix = [], source, executable }: ServerOptions = {},
): Promise<RunningServer> {
  const cwd = mkdtempSync(join(tmpdir(), "rendezvous-test-"));
  const env: Record<string, string> = { HOST: "127.0.0.1", PORT: "0", LOG_LEVEL: "warn", ...settings };
  const main = source === undefined ? ourProgram : join(source, "src/main.ts");
  const program = executable === undefined ? [process.execPath, ...runtimeFlags, main] : [executable];
  const child = Bun.spawn([...prefix, ...program, "serve"], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", HOME: cwd, ...(executable === undefined ? runtimeSettings : {}), ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let output = "";
  let ready: (url: string) => void;
  const address = new Promise<string>((found) => (ready = found));
  const collect = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      output += decoder.decode(chunk, { stream: true });
      const listening = /listening on (https?:\/\/\S+)/.exec(output);
      if (listening) ready(listening[1]!);
    }
  };
  const reading = Promise.all([collect(child.stdout), collect(child.stderr)]);
  const exited = child.exited.then(async (code) => {
    await reading;
    rmSync(cwd, { recursive: true, force: true });
    const leaks = leaksIn(output, secretsOf(settings));
    if (leaks.length > 0) throw new Error(`the server has printed what nobody may read:\n${leaks.join("\n")}`);
    return code;
  });
  const url = await Promise.race([
    address,
    exited.then((code) => {
      throw new Error(`the server ended with ${code} before it was ready:\n${output}`);
    }),
  ]);
  return {
    url,
    wsUrl: url.replace(/^http/, "ws"),
    port: Number(new URL(url).port),
    pid: child.pid,
    output: () => output,
    exited,
    stop(signal = "SIGTERM") {
      child.kill(signal);
      return exited;
    },
  };
}
