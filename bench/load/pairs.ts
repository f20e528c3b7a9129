import { join } from "node:path";
import { compiled } from "../harness/compile.ts";
import { LOAD_CORE, onCore } from "../harness/cores.ts";

/** A WebSocket client that sends the same message again and again to one other. Texts must hold no tab and no newline. */
export interface PairClient {
  readonly port: number;
  readonly path: string;
  /** Sent once the socket is open, to register; empty: nothing. */
  readonly first: string;
  /** What a frame holds that says that it has registered. */
  readonly ready: string;
  /** The place among the clients of the one that gets its messages. */
  readonly receiver: number;
  readonly message: string;
}

/** What came of a measurement; see pairs.c. */
export interface PairsResult {
  readonly sent: number;
  /** Those that arrived, and those that did so before the last was sent. */
  readonly received: number;
  readonly inTime: number;
  readonly seconds: number;
  /** In which the generator had something to do; it sleeps only where it shares its core. */
  readonly busy: number;
  /** In ms from when each was due. */
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

/** Clients that are connected, and send when told to. */
export interface Pairs {
  /** Sends at a steady rate, whatever becomes of what was sent. */
  rate(perSecond: number, seconds: number): Promise<PairsResult>;
  /** Sends as much as gets through, with so many messages of each client under way. */
  window(size: number, seconds: number): Promise<PairsResult>;
  stop(): Promise<void>;
}

/**
 * Connects clients that send to each other, from one process on the core of the load.
 *
 * @param sharesCore true: something that the server needs runs on that core, too, and must not wait for the load
 * @throws {Error} if one is not let in. Those of its measurements that lose a message throw, too.
 */
export async function startPairs(clients: readonly PairClient[], sharesCore = false): Promise<Pairs> {
  const child = Bun.spawn([...onCore(LOAD_CORE), compiled(join(import.meta.dir, "pairs.c"))], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  const reader = child.stdout.getReader();
  const decoder = new TextDecoder();
  let heard = "";

  const say = (line: string): void => {
    void child.stdin.write(`${line}\n`);
    void child.stdin.flush();
  };
  const answer = async (): Promise<string> => {
    for (;;) {
      const end = heard.indexOf("\n");
      if (end >= 0) {
        const line = heard.slice(0, end);
        heard = heard.slice(end + 1);
        return line;
      }
      const { done, value } = await reader.read();
      if (done) throw new Error(`the load ended: ${await new Response(child.stderr).text()}`);
      heard += decoder.decode(value, { stream: true });
    }
  };
  const measure = async (command: string): Promise<PairsResult> => {
    say(command);
    const result = JSON.parse(await answer()) as PairsResult;
    if (result.received === result.sent) return result;
    throw new Error(`${result.sent - result.received} of ${result.sent} messages were lost`);
  };

  for (const { port, path, first, ready, receiver, message } of clients) {
    say(["socket", port, path, first, ready, receiver, message].join("\t"));
  }
  if (sharesCore) say("share");
  say("connect");
  await answer();
  return {
    rate: (perSecond, seconds) => measure(`rate ${perSecond} ${seconds}`),
    window: (size, seconds) => measure(`window ${size} ${seconds}`),
    async stop() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}
