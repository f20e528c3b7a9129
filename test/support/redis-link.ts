import { createRedisBus } from "../../src/adapters/redis/bus/bus.ts";
import { Publisher } from "../../src/adapters/redis/bus/publisher.ts";
import { Subscriptions } from "../../src/adapters/redis/bus/subscriptions.ts";
import { createRedisWireChannel } from "../../src/adapters/redis/bus/wire-channel.ts";
import { RedisCalls } from "../../src/adapters/redis/calls.ts";
import type { RedisLink } from "../../src/adapters/redis/connection.ts";
import { openRedis } from "../../src/adapters/redis/link.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { systemRandom } from "../../src/adapters/system/random.ts";
import type { Bus } from "../../src/ports/bus.ts";
import type { WireChannel } from "../../src/ports/wire-channel.ts";

/** What one process has of a Redis, as the engine puts it together. */
export interface LinkedNode {
  readonly link: RedisLink;
  readonly calls: RedisCalls;
  readonly bus: Bus;
  readonly wireChannel: WireChannel;
  /** What the link has told, in order: `up`, or what was lost; and `refused`, with why. */
  readonly told: readonly string[];
  close(): void;
}

/** Opens a Redis, which need not be there yet. */
export function linkNode(url: string): LinkedNode {
  const told: string[] = [];
  const link = openRedis({
    url,
    clock: systemClock,
    news: { lost: (why) => void told.push(`lost: ${why}`), up: (about) => void told.push(`up: ${about}`) },
  });
  const calls = new RedisCalls(link, systemClock);
  const subscriptions = new Subscriptions({
    link,
    clock: systemClock,
    random: systemRandom,
    refused: ({ message }) => void told.push(`refused: ${message}`),
  });
  const publisher = new Publisher(link, systemClock);
  return {
    link,
    calls,
    told,
    bus: createRedisBus({ calls, link, publisher, subscriptions }),
    wireChannel: createRedisWireChannel({ calls, publisher, subscriptions }),
    close() {
      subscriptions.close();
      link.close();
    },
  };
}
