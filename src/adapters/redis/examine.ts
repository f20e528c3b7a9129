import type { Redis } from "ioredis";
import type { RedisConnection, RedisLink } from "./connection.ts";

/** What a look at a Redis, or at the masters of a cluster, found. */
export interface RedisFacts {
  readonly isCluster: boolean;
  /** Each master; `info` is null where it does not tell. */
  readonly servers: readonly { readonly name: string; readonly info: ReadonlyMap<string, string> | null }[];
  /** What is needed and not allowed, each so that it completes "the user may not …". */
  readonly refused: readonly string[];
  /** Asks for its time, in ms since the epoch; null where that is not allowed. */
  readonly time: (() => Promise<number>) | null;
}

/** Names that nobody gives, below all that we and the documents write. */
const PROBE = "rendezvous-doctor-asks";
const KEYS = [`rendezvous:{${PROBE}}`, `host:${PROBE}`, `socket:${PROBE}`];
const CHANNELS = [`rendezvous:${PROBE}`, "socket:messages"];

/** Looks, and leaves nothing behind. @throws what the client throws if Redis goes away meanwhile */
export async function examineRedis(link: RedisLink): Promise<RedisFacts> {
  const connection = link.current();
  const isCluster = link.isCluster();
  const masters = isCluster && "nodes" in connection ? connection.nodes("master") : [connection as Redis];
  const servers = await Promise.all(
    masters.map(async (server) => ({ name: nameOf(server), info: await infoOf(server) })),
  );
  const first = masters[0]!;
  const time = async (): Promise<number> => {
    const [seconds, microseconds] = await first.time();
    return Number(seconds) * 1_000 + Number(microseconds) / 1_000;
  };
  const mayTime = (await refusal(time)) === null;
  return { isCluster, servers, refused: await refusedBy(connection, link), time: mayTime ? time : null };
}

function nameOf({ options }: Redis): string {
  return `${options.host ?? "localhost"}:${options.port ?? 6379}`;
}

async function infoOf(server: Redis): Promise<ReadonlyMap<string, string> | null> {
  let text = "";
  const refused = await refusal(async () => void (text = await server.info()));
  if (refused !== null) return null;
  const pairs = text.split(/\r?\n/).map((line) => line.split(":") as [string, string?]);
  return new Map(pairs.map(([name, value = ""]) => [name, value]));
}

async function refusedBy(connection: RedisConnection, link: RedisLink): Promise<readonly string[]> {
  const found: string[] = [];
  const ask = async (what: string, step: () => Promise<unknown>): Promise<void> => {
    if ((await refusal(step)) !== null) found.push(what);
  };
  // Taking away what is not there writes nothing, and asks for the right to write.
  for (const key of KEYS)
    await ask(`write keys such as ${key.slice(0, key.indexOf(":"))}:*`, () => connection.del(key));
  const lua = "redis.call('TIME') return redis.call('DEL', KEYS[1])";
  await ask("run scripts (EVAL)", () => connection.eval(lua, 1, KEYS[0]!));
  const ear = link.dial(
    link.isCluster() ? nameOf((connection as { nodes(role: "master"): Redis[] }).nodes("master")[0]!) : null,
  );
  ear.on("error", () => undefined);
  try {
    await new Promise<void>((ready, failed) =>
      ear.once("ready", ready).once("close", () => failed(new Error("it hangs up"))),
    );
    for (const channel of CHANNELS)
      await ask(`hear the channel ${channel.split(":")[0]}:*`, () => ear.subscribe(channel));
  } finally {
    ear.disconnect();
  }
  await ask(`speak on the channel rendezvous:*`, () => connection.publish(CHANNELS[0]!, ""));
  return found;
}

/** Why something is not allowed; null if it is. @throws whatever else went wrong */
async function refusal(step: () => Promise<unknown>): Promise<string | null> {
  try {
    await step();
    return null;
  } catch (error) {
    const { message } = error as Error;
    // A script that may run, but not on this key or with this command, is refused from within.
    if (/NOPERM|unknown command|no permissions|not allowed/i.test(message)) return message;
    throw error;
  }
}
