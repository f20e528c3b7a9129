import { join } from "node:path";
import { compiled } from "../harness/compile.ts";
import { LOAD_CORE, onCore } from "../harness/cores.ts";

/** Where they watch: a WebSocket's URL, or nats://HOST:PORT/SUBJECT. */
type Where = string;

/** Frames that are due at a steady rate, some of them at once. */
export interface Schedule {
  /** The number of the first. Each stream's numbers only grow. */
  readonly first: number;
  readonly frames: number;
  /** How many are due at once. */
  readonly batch: number;
  readonly batchesPerSecond: number;
  /** When the first is due, in ms since 1970. */
  readonly beganAt: number;
}

/** What the viewers saw of a schedule. */
export interface Seen {
  /** Frames that arrived, at all viewers together, and their bytes. */
  readonly frames: number;
  readonly bytes: number;
  /** From when a batch was due until its last frame was there; of all batches and viewers, in ms. What has not come is as late as can be. */
  readonly lagMedian: number;
  readonly lagP99: number;
  readonly lagMost: number;
  /** Processor time that the viewers have used, in seconds, and the time that passed. */
  readonly cpu: number;
  readonly seconds: number;
}

/** Many who watch one stream. */
export interface Viewers {
  /** Watches until all of it has come everywhere, or the time is over. */
  watch(schedule: Schedule): Promise<Seen>;
  stop(): Promise<unknown>;
}

/** How long after the last frame was due the viewers wait for it, in ms. */
const PATIENCE_MS = 1_500;

/** Starts so many, on the load's core. */
export async function startViewers(where: Where, count: number): Promise<Viewers> {
  const program = compiled(join(import.meta.dir, "viewers.c"));
  const { protocol, port, pathname } = new URL(where);
  const what = protocol === "nats:" ? ["nats", port, pathname.slice(1)] : ["websocket", port, pathname];
  const child = Bun.spawn([...onCore(LOAD_CORE), program, ...what, `${count}`], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const lines = linesOf(child.stdout);
  if ((await lines.next()).value !== "ready") throw new Error(`${count} viewers could not connect to ${where}`);
  return {
    async watch({ first, frames, batch, batchesPerSecond, beganAt }) {
      const stepMs = 1_000 / batchesPerSecond;
      const deadline = beganAt + (frames / batch) * stepMs + PATIENCE_MS;
      const times = [beganAt, stepMs, deadline].map((ms) => (ms * 1_000).toFixed(0));
      void child.stdin.write(`${[first, frames, batch, ...times].join(" ")}\n`);
      void child.stdin.flush();
      const { value } = await lines.next();
      if (value === undefined) throw new Error(`the viewers of ${where} have ended with ${await child.exited}`);
      return JSON.parse(value) as Seen;
    },
    stop() {
      child.kill("SIGKILL");
      return child.exited;
    },
  };
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      yield text.slice(0, end);
      text = text.slice(end + 1);
    }
  }
}
