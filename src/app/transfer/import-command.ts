import { createReadStream } from "node:fs";
import { CannotMove } from "../../adapters/sql/transfer/format.ts";
import { importRecords } from "../../adapters/sql/transfer/import.ts";
import type { CommandCall } from "../commands/command.ts";
import { Failure } from "../commands/errors.ts";
import { loadConfig } from "../config/load.ts";
import { withStore } from "../with-store.ts";
import { sum } from "./export-command.ts";

/** Reads records that were exported into an empty database. @throws {Failure} and nothing was imported */
export async function importCommand({ args, sources, json, command }: CommandCall): Promise<number> {
  const { config } = await loadConfig(sources);
  const path = args[0]!;
  const source = path === "-" ? process.stdin : createReadStream(path);
  try {
    const rows = await withStore(config, command, (store, clock) => importRecords(store, source, clock.now()));
    console.log(json ? JSON.stringify({ ok: true, rows }) : `Imported ${sum(rows)}.`);
    return 0;
  } catch (error) {
    if (error instanceof CannotMove) throw new Failure(`${error.message} Nothing was imported.`);
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined || error instanceof Failure) throw error;
    throw new Failure(`${path} cannot be read (${code}). Nothing was imported.`);
  } finally {
    source.destroy();
  }
}
