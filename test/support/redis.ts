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

/** Starts a redis-server and waits until it takes connections. */
export async function startRedis(): Promise<RunningRedis> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const port = await freePort();
    const dir = mkdtempSync(join(tmpdir(), "rendezvous-redis-"));
    const args = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", dir];
    const child = Bun.spawn(["redis-server", ...args], { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
    const ready = await waitForLine(child.stdout, "Ready to accept connections");
    if (ready) {
      return {
        port,
        pid: child.pid,
        url: `redis://127.0.0.1:${port}`,
        async stop() {
          child.kill("SIGKILL");
          await child.exited;
          rmSync(dir, { recursive: true, force: true });
        },
      };
    }
    await child.exited;
    rmSync(dir, { recursive: true, force: true });
  }
  throw new Error("redis-server did not start");
}

/** False if the stream ended first: the port was taken between choosing it and binding it. */
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
