import { join } from "node:path";
import { LOAD_CORE, onCore } from "../harness/cores.ts";

/** What a client does once it is connected. */
export interface ClientScript {
  /** What it sends at once. */
  readonly first?: string;
  /** A part of what it waits for, and what it sends then; after the last of them it is ready. */
  readonly steps: readonly (readonly [awaited: string, answer?: string])[];
}

/** What programs/clients.ts is told. */
export type Command =
  | { readonly do: "open"; readonly url: string; readonly scripts: readonly ClientScript[] }
  | { readonly do: "send"; readonly texts: readonly string[]; readonly perSecond: number; readonly seconds: number }
  | { readonly do: "close" };

/** What came of sending. */
export interface Sent {
  readonly sent: number;
  /** Frames that came, wherever they went. */
  readonly arrived: number;
  /** Sockets that were closed meanwhile. */
  readonly lost: number;
  /** The part of its core that the generator used. */
  readonly generator: number;
}

/** WebSocket clients in a process of their own, on the core of the load. */
export interface Clients {
  /** Connects clients, and waits until all are ready. */
  open(url: string, scripts: readonly ClientScript[]): Promise<void>;
  /** Lets them send in turn, at a steady rate. @throws {Error} if anything that was sent does not arrive */
  send(texts: readonly string[], perSecond: number, seconds: number): Promise<Sent>;
  /** Closes all that are open. */
  close(): Promise<void>;
  stop(): Promise<void>;
}

export function startClients(): Clients {
  const child = Bun.spawn([...onCore(LOAD_CORE), process.execPath, join(import.meta.dir, "programs/clients.ts")], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const lines = linesOf(child.stdout);
  const tell = async (command: Command): Promise<unknown> => {
    void child.stdin.write(`${JSON.stringify(command)}\n`);
    await child.stdin.flush();
    const { value, done } = await lines.next();
    if (done === true) throw new Error("the clients ended");
    return JSON.parse(value);
  };
  return {
    open: async (url, scripts) => void (await tell({ do: "open", url, scripts })),
    async send(texts, perSecond, seconds) {
      const sent = (await tell({ do: "send", texts, perSecond, seconds })) as Sent;
      if (sent.arrived < sent.sent) throw new Error(`${sent.sent - sent.arrived} of ${sent.sent} messages were lost`);
      return sent;
    },
    close: async () => void (await tell({ do: "close" })),
    async stop() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let heard = "";
  for await (const chunk of stream) {
    heard += decoder.decode(chunk, { stream: true });
    for (let end = heard.indexOf("\n"); end >= 0; end = heard.indexOf("\n")) {
      yield heard.slice(0, end);
      heard = heard.slice(end + 1);
    }
  }
  return undefined;
}
