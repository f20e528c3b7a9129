import { Cluster, type Redis } from "ioredis";
import type { RedisConnection } from "./connection.ts";

/** The ways whose writes are held until the end of this turn. */
const held = new Set<Redis>();

/**
 * Keeps what is sent from now on until the end of this turn of the event loop, when it goes out in one system call for
 * each server. A system call costs more than making the command.
 */
export function holdWrites(connection: RedisConnection): void {
  if (connection instanceof Cluster) for (const node of connection.nodes("master")) hold(node);
  else hold(connection);
}

function hold(redis: Redis): void {
  const { stream } = redis;
  if (held.has(redis) || stream === undefined) return;
  held.add(redis);
  stream.cork();
  setImmediate(() => {
    held.delete(redis);
    stream.uncork();
  });
}
