import { Redis } from "ioredis";
import type { Seed } from "./address.ts";
import { singleOptions } from "./options.ts";

/**
 * Whether a server belongs to a cluster.
 *
 * @throws {Error} if it cannot be reached
 */
export async function isOfCluster(seed: Seed): Promise<boolean> {
  const redis = new Redis(seed.url, {
    ...singleOptions(() => undefined),
    lazyConnect: true,
    retryStrategy: () => null,
  });
  let why: Error | null = null;
  redis.on("error", (error: Error) => {
    why ??= error;
  });
  try {
    await redis.connect();
    return /^cluster_enabled:1/m.test(await redis.info("cluster"));
  } catch (error) {
    // Whoever may not ask is told by the first answer of a cluster that there is one.
    if ((error as Error).message.startsWith("NOPERM")) return false;
    throw why ?? error;
  } finally {
    redis.disconnect();
  }
}

const PROBE_CHANNEL = "rendezvous:probe";

/** Whether a server of a cluster knows sharded channels and lets us use them. */
async function knowsShardedChannels(server: Redis): Promise<boolean> {
  try {
    await server.spublish(PROBE_CHANNEL, "");
    return true;
  } catch (error) {
    const { message } = error as Error;
    // Another server is responsible for the channel: so this one knows what was asked.
    if (/^(MOVED|ASK|CLUSTERDOWN)\b/.test(message)) return true;
    if (/^NOPERM|unknown command/i.test(message)) return false;
    throw error;
  }
}

/**
 * Whether all servers of a cluster that answer do.
 *
 * @throws {Error} if none answers
 */
export async function allKnowShardedChannels(servers: readonly Redis[]): Promise<boolean> {
  const asked = await Promise.allSettled(servers.map(knowsShardedChannels));
  const answers = asked.filter((one) => one.status === "fulfilled");
  if (answers.length === 0) throw new Error("no server of the cluster answers");
  return answers.every(({ value }) => value);
}
