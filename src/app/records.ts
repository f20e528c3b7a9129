import { createRecords, type Records } from "../adapters/sql/records.ts";
import { heardStore } from "../adapters/sql/heard-store.ts";
import { openSqlite } from "../adapters/sql/sqlite/store.ts";
import type { Store } from "../adapters/sql/store.ts";
import { systemRandom } from "../adapters/system/random.ts";
import type { Clock } from "../ports/clock.ts";
import { SchemaTooNew } from "../ports/migrations.ts";
import { unheard, type StoreCalls } from "../ports/store-calls.ts";
import { StoreUnavailable } from "../ports/store-error.ts";
import type { Config } from "./config/settings.ts";
import { FollowedTime } from "./followed-time.ts";
import type { Logger } from "./log.ts";
import { watchStore } from "./store-watch.ts";

/** The records, and how their store is doing. */
export interface RecordKeeper extends Records {
  /** For people: where they are kept. */
  readonly about: string;
  /** The time that goes into them, which is that of all nodes together. */
  readonly clock: Clock;
  /** True if they are in a PostgreSQL. */
  readonly shared: boolean;
  /**
   * Brings the schema up to date. A PostgreSQL that is away is asked again in the background, and until then every verb
   * throws StoreUnavailable.
   *
   * @throws {SchemaTooNew}
   * @throws {StoreUnavailable} if the file of this machine cannot be used
   */
  ready(): Promise<void>;
  troubles(): readonly string[];
  close(): Promise<void>;
}

/** How long to wait before a PostgreSQL that is away is asked again, in ms. */
const RETRY_MS = 1_000;

/** The store that the settings name. @throws {StoreUnavailable} if the file of this machine cannot be used */
export async function openStore(config: Config, log: Logger): Promise<Store> {
  if (config.DATABASE_URL === null) return openSqlite({ folder: config.DATA_DIR });
  // Only who has a PostgreSQL pays for what speaks with it.
  const { openPostgres } = await import("../adapters/sql/postgres/store.ts");
  return openPostgres({
    url: config.DATABASE_URL,
    lost: (error) => log.warn({ err: error.message }, "a connection to postgres was lost"),
  });
}

/** @throws {StoreUnavailable} if the file of this machine cannot be used */
export async function keepRecords(
  config: Config,
  clock: Clock,
  log: Logger,
  heard: StoreCalls = unheard,
): Promise<RecordKeeper> {
  const store = heardStore(await openStore(config, log), heard);
  const shared = store.dialect === "postgres";
  const name = shared ? "postgres" : "the database file";
  const watch = watchStore({ name, clock, log });
  let isMigrated = false;
  /** Nothing is let through before the schema is what the verbs expect. */
  const tooEarly = (): Promise<never> =>
    Promise.reject(new StoreUnavailable(new Error("the schema is not up to date yet")));
  const failed = (error: unknown): void =>
    watch.failed(error instanceof SchemaTooNew ? error.message : `${name} cannot be reached`, error);
  const time = new FollowedTime({
    clock,
    ask: () => store.time(),
    differs: (aheadMs) => log.warn({ aheadMs }, `${name} and this machine differ on what time it is`),
  });
  const records = createRecords(
    {
      ...store,
      transact: (work) => (isMigrated ? watch.writing(store.transact(work)) : tooEarly()),
      read: (query) => (isMigrated ? watch.reading(store.read(query)) : tooEarly()),
    },
    time.clock,
    systemRandom,
  );
  const migrate = async (): Promise<void> => {
    await time.ask();
    const taken = await records.migrations.apply();
    if (shared) time.start();
    isMigrated = true;
    watch.worked();
    if (taken.length > 0) log.info({ migrations: taken.map(({ name }) => name) }, "the schema is up to date");
  };
  const tryAgain = (): void => {
    clock.after(RETRY_MS, () => void tryToMigrate());
  };
  const tryToMigrate = async (): Promise<void> => {
    try {
      await migrate();
    } catch (error) {
      failed(error);
      tryAgain();
    }
  };
  return {
    ...records,
    about: store.about,
    clock: time.clock,
    shared,
    async ready() {
      try {
        await migrate();
      } catch (error) {
        if (!shared || !(error instanceof StoreUnavailable)) throw error;
        failed(error);
        tryAgain();
      }
    },
    troubles() {
      const trouble = watch.trouble();
      return trouble === null ? [] : [trouble];
    },
    close() {
      time.stop();
      return store.close();
    },
  };
}
