import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandCall } from "./commands/command.ts";
import type { demoFlags } from "./commands/simulate.ts";
import { openBrowser } from "./demo/browser.ts";
import { startDemoServer, type DemoServer } from "./demo/server.ts";
import { simulateCommand } from "./simulate-command.ts";

/** Livelier than a simulation is by itself, and still easy on a laptop. */
const [RATE, SIZE] = ["2", "80"];

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * A server with nothing in it, a world that lives on it, and a browser on its dashboard, until Ctrl-C. Nothing of it
 * stays. A second Ctrl-C ends it at once.
 */
export async function demoCommand(call: CommandCall<typeof demoFlags>): Promise<number> {
  const { flags, sources } = call;
  const folder = mkdtempSync(join(tmpdir(), "rendezvous-demo-"));
  let server: DemoServer | null = null;
  let isInhabited = false;
  let isEnding = false;
  const interrupted = (): void => {
    // The world leaves by itself when it hears this first.
    if (isInhabited && !isEnding) return void (isEnding = true);
    server?.kill();
    rmSync(folder, { recursive: true, force: true });
    process.exit(130);
  };
  for (const signal of SIGNALS) process.on(signal, interrupted);
  try {
    server = await startDemoServer(folder, sources.flags["PORT"] ?? sources.env["PORT"]);
    if (server === null) return 1;
    const { url } = server;
    const isShown = openBrowser(`${url}/`);
    console.log(`\n  The dashboard is at ${url}/${isShown ? ", and opens in your browser" : ""}\n`);
    // What stands in the environment is for real servers, not for this one.
    const own = { ...sources, env: {}, flags: {}, folder };
    isInhabited = true;
    // Without its server the world has nothing to live on.
    const lost = new AbortController();
    void server.ended.then(() => lost.abort());
    const world = { ...call, sources: own, args: [], flags: { rate: RATE, size: SIZE, ...flags, url } };
    const code = await simulateCommand(world, lost.signal);
    return lost.signal.aborted ? 1 : code;
  } finally {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
    for (const signal of SIGNALS) process.removeListener(signal, interrupted);
  }
}
