import type { Store } from "../adapters/sql/store.ts";
import { secretTexts } from "./config/secret-texts.ts";
import type { Config } from "./config/settings.ts";
import { createLogger } from "./log.ts";
import { openStore } from "./records.ts";

/** Opens the store of the records for as long as a command runs. `command` names it in the log. */
export async function withStore<Result>(
  config: Config,
  command: string,
  run: (store: Store) => Promise<Result>,
): Promise<Result> {
  const store = openStore(config, createLogger(config.LOG_LEVEL, command, { hidden: secretTexts(config) }));
  try {
    return await run(store);
  } finally {
    await store.close();
  }
}
