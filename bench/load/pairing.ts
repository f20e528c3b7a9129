// Pairs members of the video chat in this process, while so many others wait on one side: whoever joins on the other
// meets the one who has waited longest, both leave, and somebody new joins the end of the line.
//
//   bun bench/load/pairing.ts WAITING SECONDS [REDIS_URL]
import { Redis } from "ioredis";
import { createMemoryBus } from "../../src/adapters/memory/bus.ts";
import { createMemoryNodes } from "../../src/adapters/memory/nodes.ts";
import { createMemoryTickets } from "../../src/adapters/memory/tickets.ts";
import { RedisCalls } from "../../src/adapters/redis/calls.ts";
import { createRedisTickets } from "../../src/adapters/redis/tickets/tickets.ts";
import { steadyClock, systemClock } from "../../src/adapters/system/clock.ts";
import { systemRandom } from "../../src/adapters/system/random.ts";
import { createBusCourier } from "../../src/core/cluster/bus-courier.ts";
import { createMembership } from "../../src/core/cluster/leased-membership.ts";
import { createPairing } from "../../src/core/matchmaking/pairing.ts";
import type { Wish } from "../../src/core/matchmaking/types.ts";
import { measureWhenAsked } from "../harness/asked.ts";
import { pairingRun } from "./pairing-run.ts";

const [waiting, seconds] = [Number(process.argv[2]), Number(process.argv[3])];
const redisUrl = process.argv[4];

/** Joins that are under way at once where they take a round trip. */
const AT_ONCE = 64;

const he: Wish = { side: "male", seeks: "female", attributes: { name: "John", age: 25 } };
const she: Wish = { side: "female", seeks: "male", attributes: { name: "Jane", age: 24 } };

const failed = (error: unknown): never => {
  throw error;
};
const tickets =
  redisUrl === undefined
    ? createMemoryTickets({ clock: steadyClock, random: systemRandom })
    : createRedisTickets({
        calls: new RedisCalls(new Redis(redisUrl), systemClock),
        random: systemRandom,
        queue: "video-chat",
      });
const clock = steadyClock;
const courier = createBusCourier({ node: "n1", bus: createMemoryBus(), clock, failed });
const membership = createMembership({ node: "n1", nodes: createMemoryNodes(clock), clock, failed });
/** Who met whom last: the one who called, and its partner. */
const met = new Map<string, string>();
const ignored = (): void => undefined;
const pairing = createPairing({
  ...{ tickets, clock, courier, membership, queue: "video-chat" },
  packing: { pack: (message) => JSON.stringify(message), unpack: (text) => JSON.parse(text) as unknown },
  listener: {
    waiting: ignored,
    matched(id, partner, initiator) {
      if (initiator) met.set(id, partner.id);
    },
    relayed: ignored,
    parted: ignored,
    overwhelmed: ignored,
    failed,
  },
});

const { fill, measure } = pairingRun(waiting, seconds, {
  wait: (id) => pairing.join(id, he),
  async meet(id) {
    await pairing.join(id, she);
    const other = met.get(id);
    met.delete(id);
    return other ?? null;
  },
  leave: (id) => pairing.leave(id),
});

await fill(redisUrl === undefined ? 1 : AT_ONCE);
await measureWhenAsked(measure);
