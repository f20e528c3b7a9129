import type { Store } from "../adapters/sql/store.ts";
import { systemClock } from "../adapters/system/clock.ts";
import type { Clock } from "../ports/clock.ts";
import { secretTexts } from "./config/secret-texts.ts";
import type { Config } from "./config/settings.ts";
import { createLogger } from "./log.ts";
import { openStore } from "./records.ts";
import { shiftable } from "./shared-time.ts";

/**
 * Opens the store of the records for as long as a command runs. `command` names it in the log; `clock` shows the time of
 * all who share the store.
 *
 * @throws {StoreUnavailable}
 */
export async function withStore<Result>(
  config: Config,
  command: string,
  run: (store: Store, clock: Clock) => Promise<Result>,
): Promise<Result> {
  const store = openStore(config, createLogger(config.LOG_LEVEL, command, { hidden: secretTexts(config) }));
  try {
    const { clock, to } = shiftable(systemClock);
    await to(() => store.time());
    return await run(store, clock);
  } finally {
    await store.close();
  }
}
