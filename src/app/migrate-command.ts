import { existsSync } from "node:fs";
import { knownMigrations, migrate, migrationStatus } from "../adapters/sql/migrate.ts";
import { sqlitePath } from "../adapters/sql/sqlite/store.ts";
import { SchemaTooNew, type MigrationState } from "../ports/migrations.ts";
import { StoreUnavailable } from "../ports/store-error.ts";
import type { CommandCall } from "./command-line.ts";
import { loadConfig } from "./config/load.ts";
import type { Config } from "./config/settings.ts";
import { whyStoreIsUnusable } from "./store-trouble.ts";
import { withStore } from "./with-store.ts";

/** Brings the schema of the records up to date, or with `--status` says how it stands. Exit code 1 if it cannot. */
export async function migrateCommand({ sources, json, status }: CommandCall): Promise<number> {
  const { config } = await loadConfig(sources);
  try {
    const states = status ? await stateOf(config) : await bringUpToDate(config);
    if (json) console.log(JSON.stringify({ ok: true, migrations: states.map(written) }));
    else print(states, status);
    return 0;
  } catch (error) {
    if (!(error instanceof SchemaTooNew) && !(error instanceof StoreUnavailable)) throw error;
    const problem = whyStoreIsUnusable(config, error);
    if (json) console.log(JSON.stringify({ ok: false, problems: [problem] }));
    else console.error(`rendezvous: ${problem}`);
    return 1;
  }
}

/** Looks without making a file where there is none. */
async function stateOf(config: Config): Promise<readonly MigrationState[]> {
  if (config.DATABASE_URL === null && !existsSync(sqlitePath(config.DATA_DIR))) return knownMigrations;
  return withStore(config, "migrate", migrationStatus);
}

function bringUpToDate(config: Config): Promise<readonly MigrationState[]> {
  return withStore(config, "migrate", (store, clock) => migrate(store, clock.now()));
}

function print(states: readonly MigrationState[], status: boolean): void {
  if (!status && states.length === 0) console.log("The schema is up to date; there was nothing to do.");
  for (const { number, name, appliedAt } of states) {
    const when = appliedAt === null ? "pending" : `applied ${new Date(appliedAt).toISOString()}`;
    console.log(`${String(number).padStart(4)}  ${name.padEnd(30)}  ${when}`);
  }
}

function written({ number, name, appliedAt }: MigrationState) {
  return { number, name, appliedAt: appliedAt === null ? null : new Date(appliedAt).toISOString() };
}
