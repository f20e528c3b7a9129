import { createHash } from "node:crypto";
import type { Cluster, Redis } from "ioredis";
import { StoreUnavailable } from "../../ports/store-error.ts";

export type RedisConnection = Redis | Cluster;

/** A Lua script that is one atomic step. All its keys lie in one hash slot. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
}

export function script(...parts: readonly string[]): Script {
  const lua = parts.join("\n");
  return { lua, sha: createHash("sha1").update(lua).digest("hex") };
}

/**
 * Runs a script by its digest, and by its text only when this Redis has not seen it yet.
 *
 * @throws {StoreUnavailable} if Redis cannot be reached or answers with an error
 */
export async function run(
  redis: RedisConnection,
  { lua, sha }: Script,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await redis.evalsha(sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error as Error).message.startsWith("NOSCRIPT")) throw new StoreUnavailable(error);
  }
  try {
    return await redis.eval(lua, keys.length, ...keys, ...args);
  } catch (error) {
    throw new StoreUnavailable(error);
  }
}
