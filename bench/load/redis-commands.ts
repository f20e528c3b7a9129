import { Redis } from "ioredis";

/** How many commands a Redis has carried out since it was started, whoever sent them. */
export async function commandsOf(url: string): Promise<number> {
  const redis = new Redis(url);
  try {
    const stats = await redis.info("commandstats");
    return [...stats.matchAll(/:calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0);
  } finally {
    redis.disconnect();
  }
}
