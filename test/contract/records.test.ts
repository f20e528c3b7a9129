import { afterAll, beforeAll } from "bun:test";
import { startPostgres, type RunningPostgres } from "../support/postgres.ts";
import { postgresRecords, sqliteRecords, type MakeRecords } from "../support/records.ts";
import { accountRecordsContract } from "./account-records.ts";
import { auditRecordsContract } from "./audit-records.ts";
import { contactRecordsContract } from "./contact-records.ts";
import { chainRecordsContract } from "./chain-records.ts";
import { hostRecordsContract } from "./host-records.ts";
import { matchRecordsContract } from "./match-records.ts";
import { operatorRecordsContract } from "./operator-records.ts";
import { queueRecordsContract } from "./queue-records.ts";
import { countersContract } from "./record-counters.ts";
import { personRacesContract } from "./person-races.ts";
import { personRecordsContract } from "./person-records.ts";
import { replayRecordsContract } from "./replay-records.ts";
import { retentionRecordsContract } from "./retention-records.ts";
import { sessionRecordsContract } from "./session-records.ts";
import { tokenRecordsContract } from "./token-records.ts";
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
  accountRecordsContract(adapter, make);
  tokenRecordsContract(adapter, make);
  contactRecordsContract(adapter, make);
  countersContract(adapter, make);
  queueRecordsContract(adapter, make);
  matchRecordsContract(adapter, make);
  replayRecordsContract(adapter, make);
  chainRecordsContract(adapter, make);
  retentionRecordsContract(adapter, make);
  personRecordsContract(adapter, make);
  personRacesContract(adapter, make);
  auditRecordsContract(adapter, make);
  operatorRecordsContract(adapter, make);
}
