// The limit of joins to the arena's queue that are on disk when they are answered: the rows that a match leaves, in the
// same tables, written with prepared statements in groups of so many tickets, with one wait for the disk each.
//
//   bun bench/limits/sqlite-tickets.ts FOLDER GROUP SECONDS
import { DatabaseSync } from "node:sqlite";
import { createRecords } from "../../src/adapters/sql/records.ts";
import { openSqlite, sqlitePath } from "../../src/adapters/sql/sqlite/store.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { systemRandom } from "../../src/adapters/system/random.ts";
import { measureWhenAsked } from "../harness/asked.ts";
import { aPair, ENTRY_COLUMNS, MATCH_COLUMNS } from "./ticket-rows.ts";

const [folder, group, seconds] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])];

const store = openSqlite({ folder });
await createRecords(store, systemClock, systemRandom).migrations.apply();
await store.close();

const database = new DatabaseSync(sqlitePath(folder));
database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
const insert = (table: string, columns: readonly string[]) =>
  database.prepare(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`);
const [entry, match] = [insert("queue_entries", ENTRY_COLUMNS), insert("matches", MATCH_COLUMNS)];
const [begin, commit] = [database.prepare("BEGIN IMMEDIATE"), database.prepare("COMMIT")];
let pairs = 0;

await measureWhenAsked(async () => {
  const [began, cpu, before] = [performance.now(), process.cpuUsage(), pairs];
  while (performance.now() < began + seconds * 1_000) {
    begin.run();
    for (let at = 0; at < group; at += 2) {
      const made = aPair(pairs++);
      for (const row of made.entries) entry.run(...row);
      match.run(...made.match);
    }
    commit.run();
  }
  const { user, system } = process.cpuUsage(cpu);
  const tickets = 2 * (pairs - before);
  return { perSecond: tickets / ((performance.now() - began) / 1_000), cpuMicros: (user + system) / tickets };
});
