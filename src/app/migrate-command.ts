import { existsSync } from "node:fs";
import { knownMigrations, migrate, migrationStatus } from "../adapters/sql/migrate.ts";
import { sqlitePath } from "../adapters/sql/sqlite/store.ts";
import type { MigrationState } from "../ports/migrations.ts";
import type { CommandCall } from "./commands/command.ts";
import type { migrateFlags } from "./commands/migrate.ts";
import { loadConfig } from "./config/load.ts";
import type { Config } from "./config/settings.ts";
import { withStore } from "./with-store.ts";

/** Brings the schema of the records up to date, or with `--status` says how it stands. @throws {Failure} */
export async function migrateCommand({ sources, json, flags }: CommandCall<typeof migrateFlags>): Promise<number> {
  const { config } = await loadConfig(sources);
  const { status = false } = flags;
  const states = status ? await stateOf(config) : await bringUpToDate(config);
  if (json) console.log(JSON.stringify({ ok: true, migrations: states.map(written) }));
  else print(states, status);
  return 0;
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
