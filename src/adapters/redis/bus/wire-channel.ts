import { Cluster } from "ioredis";
import type { WireChannel } from "../../../ports/wire-channel.ts";
import type { RedisCalls } from "../calls.ts";
import type { Publisher } from "./publisher.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** Plain channels of a Redis, under the names that they have for everybody; see `patternOf` for how we hear them. */
export function createRedisWireChannel(deps: {
  readonly calls: RedisCalls;
  readonly publisher: Publisher;
  readonly subscriptions: Subscriptions;
}): WireChannel {
  const { calls, publisher, subscriptions } = deps;
  return {
    async publish(channel, message) {
      await calls.command(async () => publisher.send(channel, (server) => server.publish(channel, message)));
    },
    subscribe: (channel, hear) => subscriptions.add("wire", channel, hear),
    foreignSubscribers: (channel) =>
      calls.command(async () => {
        const { redis } = calls;
        if (!(redis instanceof Cluster)) return count(await redis.pubsub("NUMSUB", channel));
        // Each server, replicas too, knows its own subscribers only. Who is on one that is down hears nothing anyway.
        const asked = await Promise.allSettled(redis.nodes("all").map((server) => server.pubsub("NUMSUB", channel)));
        const answers = asked.filter((one) => one.status === "fulfilled");
        if (answers.length === 0) throw new Error("no server of the cluster answers");
        return answers.reduce((sum, { value }) => sum + count(value), 0);
      }),
  };
}

/** Of what PUBSUB NUMSUB answers for one channel: its name, and the number. */
function count(reply: unknown[]): number {
  return Number(reply[1] ?? 0);
}
