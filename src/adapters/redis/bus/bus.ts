import type { Redis } from "ioredis";
import type { Bus } from "../../../ports/bus.ts";
import type { RedisCalls } from "../calls.ts";
import type { RedisLink } from "../connection.ts";
import type { Publisher } from "./publisher.ts";
import type { Subscriptions } from "./subscriptions.ts";

export interface RedisBusOptions {
  readonly calls: RedisCalls;
  readonly link: RedisLink;
  readonly publisher: Publisher;
  readonly subscriptions: Subscriptions;
  /** What these channels are called together; two buses on one Redis have two names. */
  readonly name?: string;
}

/**
 * Publish and subscribe over a Redis. In a cluster, over sharded channels: a message goes to the one server that holds
 * the channel, and Redis can tell who heard it; with plain channels every server would carry every message, and cannot.
 */
export function createRedisBus({
  calls,
  link,
  publisher,
  subscriptions,
  name = "rendezvous:bus",
}: RedisBusOptions): Bus {
  const { routes } = subscriptions;
  const own = (channel: string): string => `${name}:${channel}`;

  const send = async (server: Redis, channel: string, message: string): Promise<number | null> => {
    if (link.hasShardedChannels === null) throw new Error("the cluster has not said yet what it can do");
    if (link.hasShardedChannels) {
      const heard = Number(await server.spublish(channel, message));
      return heard > 0 || (await knowsNobody(server)) ? heard : null;
    }
    const heard = await server.publish(channel, message);
    return link.isCluster() ? null : heard;
  };

  /** Who has become a replica takes messages all the same, and counts only those who hear them there. */
  const knowsNobody = async (server: Redis): Promise<boolean> => {
    const [role] = await server.role().catch(() => ["unknown"]);
    if (role !== "master") link.refresh();
    return role === "master" && routes.canTellNobody();
  };

  return {
    publish(channel, message) {
      const publish = async (): Promise<number | null> => {
        try {
          return await publisher.send(own(channel), (server) => send(server, own(channel), message));
        } catch (error) {
          // The cluster's map has changed; the next message finds its way.
          link.refresh();
          throw error;
        }
      };
      return calls.command(publish, undefined, "publish");
    },
    subscribe: (channel, hear) => subscriptions.add("own", own(channel), hear),
    onGap: (tell) => subscriptions.onGap(tell),
  };
}
