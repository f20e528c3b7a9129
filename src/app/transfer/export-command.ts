import { existsSync } from "node:fs";
import { sqlitePath } from "../../adapters/sql/sqlite/store.ts";
import { exportRecords } from "../../adapters/sql/transfer/export.ts";
import { CannotMove, type Counts } from "../../adapters/sql/transfer/format.ts";
import type { CommandCall } from "../commands/command.ts";
import { Failure, UsageError } from "../commands/errors.ts";
import { loadConfig } from "../config/load.ts";
import { version } from "../version.ts";
import { withStore } from "../with-store.ts";
import { exportFile, standardOutput } from "./export-file.ts";

/** Writes all records down. Says how many, on standard error where they go to standard output. @throws {Failure} */
export async function exportCommand({ args, sources, json, command }: CommandCall): Promise<number> {
  const { config } = await loadConfig(sources);
  if (config.DATABASE_URL === null && !existsSync(sqlitePath(config.DATA_DIR))) {
    throw new Failure(`There are no records in DATA_DIR (${config.DATA_DIR}).`);
  }
  const path = args[0] === "-" ? undefined : args[0];
  if (json && path === undefined) throw new UsageError("--json tells of a FILE: standard output has the records.");
  const destination = path === undefined ? standardOutput() : await exportFile(path);
  let rows: Counts;
  try {
    rows = await withStore(config, command, (store, clock) =>
      exportRecords(store, { version, now: clock.now(), write: (text) => destination.write(text) }),
    );
    await destination.finish();
  } catch (error) {
    await destination.discard();
    throw error instanceof CannotMove ? new Failure(error.message) : error;
  }
  if (path === undefined) console.error(`Exported ${sum(rows)}.`);
  else console.log(json ? JSON.stringify({ ok: true, rows, file: path }) : `Exported ${sum(rows)}.`);
  return 0;
}

/** "12 rows: hosts 4, zones 8" */
export function sum(rows: Counts): string {
  const total = Object.values(rows).reduce((one, other) => one + other, 0);
  const some = Object.entries(rows).filter(([, count]) => count > 0);
  const each = some.map(([table, count]) => `${table} ${count}`).join(", ");
  return `${total} ${total === 1 ? "row" : "rows"}${each === "" ? "" : `: ${each}`}`;
}
