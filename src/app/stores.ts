import { SchemaTooNew } from "../ports/migrations.ts";
import { StoreUnavailable } from "../ports/store-error.ts";
import type { Config } from "./config/settings.ts";
import { embeddedEngine, type Engine } from "./engine.ts";
import type { Logger } from "./log.ts";
import { keepsRecords } from "./face-names.ts";
import type { RecordKeeper } from "./records.ts";
import { createStoreTimes, type StoreTimes } from "./store-times.ts";
import { whyStoreIsUnusable } from "./store-trouble.ts";
import type { Tracing } from "./tracing/tracing.ts";

/** Where a process keeps what it knows. */
export interface Stores {
  readonly engine: Engine;
  /** Null: no records are kept. */
  readonly records: RecordKeeper | null;
  /** How the stores did. */
  readonly times: readonly StoreTimes[];
  /** What is wrong with one right now, in words; empty when all is well. */
  troubles(): readonly string[];
}

/** A sentence instead, if one cannot be used. */
export async function openStores(config: Config, log: Logger, tracing: Tracing): Promise<Stores | string> {
  const redisTimes = createStoreTimes("redis", tracing);
  const recordTimes = createStoreTimes(config.DATABASE_URL === null ? "sqlite" : "postgres", tracing);
  // Only who has a Redis pays for what speaks with it.
  const onRedis = async (url: string): Promise<Engine> =>
    (await import("./redis-engine.ts")).redisEngine(url, log, redisTimes, tracing);
  const engine = config.REDIS_URL === null ? embeddedEngine() : await onRedis(config.REDIS_URL);
  let records: RecordKeeper | null = null;
  try {
    // Nor does anybody who keeps no records pay for what writes them.
    if (keepsRecords(config)) {
      const { keepRecords } = await import("./records.ts");
      records = await keepRecords(config, engine.clock, log, recordTimes);
    }
    await Promise.all([engine.ready(), records?.ready()]);
  } catch (error) {
    if (!(error instanceof SchemaTooNew) && !(error instanceof StoreUnavailable)) throw error;
    engine.close();
    return whyStoreIsUnusable(config, error);
  }
  return {
    engine,
    records,
    times: [...(config.REDIS_URL === null ? [] : [redisTimes]), ...(records === null ? [] : [recordTimes])],
    troubles: () => [...engine.troubles(), ...(records?.troubles() ?? [])],
  };
}
