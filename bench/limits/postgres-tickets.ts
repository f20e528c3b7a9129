// The limit of joins to the arena's queue in PostgreSQL: the statements that a group of joins needs, one after the other,
// with the rows of all of them in one statement a table. Whoever joins holds a lock, so that with several connections
// only one of them gets on at a time.
//
//   bun bench/limits/postgres-tickets.ts URL GROUP SECONDS CONNECTIONS
import pg from "pg";
import { openPostgres } from "../../src/adapters/sql/postgres/store.ts";
import { createRecords } from "../../src/adapters/sql/records.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { systemRandom } from "../../src/adapters/system/random.ts";
import { measureWhenAsked } from "../harness/asked.ts";
import { aPair, ENTRY_COLUMNS, MATCH_COLUMNS } from "./ticket-rows.ts";

const url = process.argv[2]!;
const [group, seconds, connections] = process.argv.slice(3).map(Number) as [number, number, number];

const store = openPostgres({ url });
await createRecords(store, systemClock, systemRandom).migrations.apply();
await store.close();

const clients = Array.from({ length: connections }, () => new pg.Client({ connectionString: url }));
for (const client of clients) {
  await client.connect();
  await client.query("SET synchronous_commit = on");
}

const insert = (table: string, columns: readonly string[]): string => {
  const lists = columns.map((name, at) => `$${at + 1}::${name.endsWith("_at") ? "bigint" : "text"}[]`);
  return `INSERT INTO ${table} (${columns.join(", ")}) SELECT * FROM unnest(${lists.join(", ")})`;
};
const [entries, matches] = [insert("queue_entries", ENTRY_COLUMNS), insert("matches", MATCH_COLUMNS)];
const line = "SELECT * FROM queue_entries WHERE status = 'waiting'";
const columnsOf = (rows: readonly (string | number)[][]) => rows[0]!.map((_, at) => rows.map((row) => row[at]!));
let pairs = 0;

async function joinGroup(client: pg.Client): Promise<void> {
  const made = Array.from({ length: group / 2 }, () => aPair(pairs++));
  const codes = made.flatMap((pair) => pair.entries.map((row) => row[1]!));
  await client.query("BEGIN");
  await client.query("SELECT pg_advisory_xact_lock(1)");
  await client.query(`${line} AND connect_code = ANY($1::text[]) FOR UPDATE`, [codes]);
  await client.query(`${line} AND seen_at > 0 ORDER BY id LIMIT ${2 * group} FOR UPDATE`);
  await client.query(entries, columnsOf(made.flatMap((pair) => pair.entries)));
  await client.query(matches, columnsOf(made.map((pair) => pair.match)));
  await client.query("COMMIT");
}

await measureWhenAsked(async () => {
  const [began, before] = [performance.now(), pairs];
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < began + seconds * 1_000) await joinGroup(client);
    }),
  );
  return { perSecond: (2 * (pairs - before)) / ((performance.now() - began) / 1_000) };
});
