import type { Store } from "../adapters/sql/store.ts";
import { systemClock } from "../adapters/system/clock.ts";
import type { Clock } from "../ports/clock.ts";
import { SchemaTooNew } from "../ports/migrations.ts";
import { StoreUnavailable } from "../ports/store-error.ts";
import { Failure } from "./commands/errors.ts";
import { secretTexts } from "./config/secret-texts.ts";
import type { Config } from "./config/settings.ts";
import { createLogger } from "./log.ts";
import { openStore } from "./records.ts";
import { shiftable } from "./shared-time.ts";
import { whyStoreIsUnusable } from "./store-trouble.ts";

/**
 * Opens the store of the records for as long as a command runs. `command` names it in the log; `clock` shows the time of
 * all who share the store.
 *
 * @throws {Failure} if it cannot be used, and what `run` throws
 */
export async function withStore<Result>(
  config: Config,
  command: string,
  run: (store: Store, clock: Clock) => Promise<Result>,
): Promise<Result> {
  let store: Store | null = null;
  try {
    store = await openStore(config, createLogger(config.LOG_LEVEL, command, { hidden: secretTexts(config) }));
    const opened = store;
    const { clock, to } = shiftable(systemClock);
    await to(() => opened.time());
    return await run(opened, clock);
  } catch (error) {
    if (!(error instanceof SchemaTooNew) && !(error instanceof StoreUnavailable)) throw error;
    throw new Failure(whyStoreIsUnusable(config, error));
  } finally {
    await store?.close();
  }
}
