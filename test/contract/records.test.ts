import { afterAll, beforeAll } from "bun:test";
import { startPostgres, type RunningPostgres } from "../support/postgres.ts";
import { postgresRecords, sqliteRecords, type MakeRecords } from "../support/records.ts";
import { chainRecordsContract } from "./chain-records.ts";
import { hostRecordsContract } from "./host-records.ts";
import { matchRecordsContract } from "./match-records.ts";
import { queueRecordsContract } from "./queue-records.ts";
import { countersContract } from "./record-counters.ts";
import { sessionRecordsContract } from "./session-records.ts";
import { zoneRecordsContract } from "./zone-records.ts";

let postgres: RunningPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const adapters: Readonly<Record<string, MakeRecords>> = {
  SQLite: sqliteRecords,
  PostgreSQL: () => postgresRecords(postgres),
};
for (const [adapter, make] of Object.entries(adapters)) {
  hostRecordsContract(adapter, make);
  zoneRecordsContract(adapter, make);
  sessionRecordsContract(adapter, make);
  countersContract(adapter, make);
  queueRecordsContract(adapter, make);
  matchRecordsContract(adapter, make);
  chainRecordsContract(adapter, make);
}
