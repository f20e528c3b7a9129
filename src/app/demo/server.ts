import { createServer } from "node:net";
import { join } from "node:path";
import { inExecutable } from "../root.ts";

/** Where a demo is expected, unless something else is there already. */
const USUAL_PORT = 8080;

export interface DemoServer {
  readonly url: string;
  /** Resolves when it has ended. */
  readonly ended: Promise<unknown>;
  /** Resolves when it has ended, and has finished what it had begun. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

/**
 * Starts `rendezvous serve` beside this process, for this machine alone, with all it keeps in the folder. Null if it did
 * not start; it has said why then.
 */
export async function startDemoServer(folder: string, port?: string): Promise<DemoServer | null> {
  const chosen = port ?? ((await isFree(USUAL_PORT)) ? `${USUAL_PORT}` : "0");
  const child = Bun.spawn([...program(), "serve"], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOST: "127.0.0.1",
      PORT: chosen,
      DATA_DIR: join(folder, "data"),
      LOG_LEVEL: "warn",
      DRAIN_SECONDS: "2",
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
    // Ctrl-C on a terminal is for the world first, which then ends the server.
    detached: process.platform !== "win32",
  });
  const url = await addressIn(child.stdout);
  if (url === null) return null;
  return {
    url,
    ended: child.exited,
    async stop() {
      child.kill("SIGTERM");
      await child.exited;
    },
    kill: () => child.kill("SIGKILL"),
  };
}

/** How this very program is called: a single executable by itself, otherwise Bun with the source. */
function program(): readonly string[] {
  if (inExecutable) return [process.execPath];
  const flags = ["--no-env-file", "--no-orphans", "--max-http-header-size=65536"];
  return [process.execPath, ...flags, join(import.meta.dir, "../../main.ts")];
}

/** The address that the server says it listens on; null if it ends before. */
async function addressIn(output: ReadableStream<Uint8Array>): Promise<string | null> {
  let text = "";
  const { promise: found, resolve } = Promise.withResolvers<string | null>();
  const read = async (): Promise<void> => {
    // Read on to the end, so that the server never waits for somebody to listen.
    const decoder = new TextDecoder();
    for await (const chunk of output) {
      text = (text + decoder.decode(chunk, { stream: true })).slice(-4_096);
      const address = /listening on (https?:\/\/\S+)/.exec(text)?.[1];
      if (address !== undefined) resolve(address);
    }
    resolve(null);
  };
  read().catch(() => resolve(null));
  return found;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((found) => {
    const probe = createServer();
    probe.once("error", () => found(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => found(true)));
  });
}
