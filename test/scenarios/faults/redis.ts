import { pause } from "../load/context.ts";
import type { Fault } from "./fault.ts";
import type { FaultLine } from "./line.ts";
import { lineFault, resets } from "./lines.ts";

/** Longer than a node's lease: nobody may be taken for dead because the store was away. */
const LONG_MS = 8_000;

export const redisFaults: readonly Fault<FaultLine>[] = [
  {
    name: "kill -9 of Redis, which comes back empty",
    engine: "cluster",
    lastsMs: LONG_MS,
    strike: ({ redis }) => redis!.kill(),
    heal: ({ redis }) => redis!.restart(),
  },
  {
    name: "Redis restarted empty at once",
    engine: "cluster",
    lastsMs: 0,
    async strike({ redis }) {
      await redis!.kill();
      await redis!.restart();
    },
    heal: () => pause(0),
  },
  lineFault(
    "redis",
    "Redis refuses connections",
    { refuse: true },
    {
      async strike({ nodes }) {
        await Promise.all(nodes.map(({ lines }) => lines.redis!.cut()));
      },
    },
  ),
  lineFault("redis", "Redis 100 to 200 ms away", { latencyMs: 50, jitterMs: 50 }),
  lineFault("redis", "Redis falls silent", { swallow: "both" }, { lastsMs: LONG_MS }),
  lineFault("redis", "Redis held up", { hold: "both" }, { lastsMs: LONG_MS }),
  lineFault("redis", "Redis hears and is not heard", { swallow: "down" }, { lastsMs: LONG_MS }),
  lineFault("redis", "Redis in pieces of 1 to 7 bytes", { slice: 7 }),
  resets("redis", "connections to Redis reset over and over"),
];
