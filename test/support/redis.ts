import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";

/** A real redis-server of its own, on a free port, keeping nothing. */
export interface RunningRedis {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Starts a redis-server and waits until it takes connections. `port` where it must be a certain one, such as that of a
 * server that was stopped; `more` are settings as the command line takes them.
 */
export async function startRedis(port?: number, more: readonly string[] = []): Promise<RunningRedis> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const running = await tryToStart(port ?? (await freePort()), more);
    if (running !== null) return running;
  }
  throw new Error("redis-server did not start");
}

/** Null if it ended at once: the port was taken between choosing it and binding it. */
export async function tryToStart(port: number, more: readonly string[]): Promise<RunningRedis | null> {
  const dir = mkdtempSync(join(tmpdir(), "rendezvous-redis-"));
  const args = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", dir, ...more];
  const child = Bun.spawn(["redis-server", ...args], { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await child.exited;
    rmSync(dir, { recursive: true, force: true });
  };
  if (await waitForLine(child.stdout, "Ready to accept connections")) {
    return { port, pid: child.pid, url: `redis://127.0.0.1:${port}`, stop };
  }
  await stop();
  return null;
}

/** False if the stream ended first. */
async function waitForLine(stream: ReadableStream<Uint8Array>, wanted: string): Promise<boolean> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return false;
    text += decoder.decode(value, { stream: true });
    if (text.includes(wanted)) {
      void drain(reader);
      return true;
    }
  }
}

/** Keeps reading, so that the pipe never fills. */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}
