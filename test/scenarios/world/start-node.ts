import { startServer, type RunningServer } from "../../support/server.ts";
import type { Line } from "./line.ts";
import type { FaultNode } from "./node.ts";
import { steadyPort } from "./steady-port.ts";

export interface NodeOptions<L extends Line> {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly prefix: readonly string[];
  readonly source?: string;
  readonly lines: FaultNode<L>["lines"];
}

/** Starts the first process of a node. */
export async function startNode<L extends Line>(options: NodeOptions<L>): Promise<FaultNode<L>> {
  const { name, settings, prefix, source, lines } = options;
  const port = await steadyPort();
  const printed: string[] = [];
  const crashes: number[] = [];
  let state: FaultNode["state"] = "down";
  let running!: RunningServer;

  const start = async (more: Readonly<Record<string, string>> = {}): Promise<void> => {
    const server = await startServer(
      { ...settings, PORT: `${port}`, ...more },
      { prefix, ...(source === undefined ? {} : { source }) },
    );
    running = server;
    state = "running";
    void server.exited.then((code) => {
      printed.push(server.output());
      // Whoever ends it on purpose says so first.
      if (state !== "down" && running === server) {
        crashes.push(code);
        state = "down";
      }
    });
  };
  const end = async (signal: NodeJS.Signals): Promise<number> => {
    const wasDown = state === "down";
    if (state === "paused") process.kill(running.pid, "SIGCONT");
    state = "down";
    return wasDown ? running.exited : running.stop(signal);
  };
  await start();
  return {
    name,
    port,
    url: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}`,
    get pid() {
      return running.pid;
    },
    get state() {
      return state;
    },
    lines,
    crashes,
    output: () => [...printed, ...(state === "down" ? [] : [running.output()])].join(""),
    kill: async () => void (await end("SIGKILL")),
    drain: () => end("SIGTERM"),
    pause() {
      process.kill(running.pid, "SIGSTOP");
      state = "paused";
    },
    resume() {
      process.kill(running.pid, "SIGCONT");
      state = "running";
    },
    restart: start,
  };
}
