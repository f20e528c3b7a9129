import { eventually } from "./eventually.ts";
import { startServer } from "./server.ts";

/** A metric, as a server shows it. */
export interface Metric {
  readonly type: string;
  readonly labels: ReadonlySet<string>;
}

/** The name without what a histogram adds to it. */
export function baseName(name: string, known: (base: string) => boolean): string {
  const base = name.replace(/_(?:bucket|sum|count)$/, "");
  return base !== name && !known(name) ? base : name;
}

/** Reads the Prometheus text format. */
export function readMetrics(text: string): ReadonlyMap<string, Metric> {
  const found = new Map<string, { type: string; labels: Set<string> }>();
  for (const [, name, type] of text.matchAll(/^# TYPE (\w+) (\w+)$/gm)) {
    found.set(name!, { type: type!, labels: new Set() });
  }
  for (const [, name, labels = ""] of text.matchAll(/^(\w+)(\{.*\})? \S+$/gm)) {
    const metric = found.get(baseName(name!, (base) => found.has(base)));
    for (const [, label] of labels.matchAll(/[{,](\w+)="/g)) metric?.labels.add(label!);
  }
  return found;
}

/** An endpoint of a chain on which every wallet has a little. */
function poorChain() {
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { id, method } = (await request.json()) as { id: number; method: string };
      const result = method === "eth_getBalance" ? "0x1" : "0x279f";
      return Response.json({ jsonrpc: "2.0", id, result });
    },
  });
}

/** Every metric that a server with all faces, and all that works beside them, has. */
export async function everyMetric(): Promise<ReadonlyMap<string, Metric>> {
  const chain = poorChain();
  const server = await startServer({
    LOG_LEVEL: "silent",
    MONAD_RPC_URL: chain.url.href,
    ARENA_PRIVATE_KEY: `0x${"1".padStart(64, "0")}`,
    WAGER_CONTRACT: `0x${"1".padStart(40, "0")}`,
  });
  try {
    return await eventually("the wallet's balance is known", async () => {
      const metrics = readMetrics(await (await fetch(`${server.url}/metrics`)).text());
      const isAll = metrics.has("rendezvous_arena_signer_balance");
      // A request is counted once it was answered.
      return isAll && metrics.get("rendezvous_http_request_duration_seconds")?.labels.has("route") ? metrics : null;
    });
  } finally {
    await server.stop();
    await chain.stop(true);
  }
}
