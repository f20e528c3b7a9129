import type { DialectName } from "../dialect.ts";
import type { Migration } from "./migration.ts";

/** What one row of a table adds to a tally; `row` is how SQL names that row. */
type Share = (row: string) => string;

const when =
  (condition: Share, then: Share = () => "1"): Share =>
  (row) =>
    `CASE WHEN ${condition(row)} THEN ${then(row)} ELSE 0 END`;

/** Sums are kept in whole units, which add up without rounding. */
const whole =
  (column: string, unitsPerOne: number): Share =>
  (row) =>
    `CAST(ROUND(${row}.${column} * ${unitsPerOne}) AS BIGINT)`;

const there: Share = (row) => `${row}.id IS NOT NULL`;
const online: Share = (row) => `${row}.status IN ('ONLINE', 'BUSY')`;
const onlineFrom = (least: number, below: number): Share => {
  return (row) => `${online(row)} AND ${row}.quality_score >= ${least} AND ${row}.quality_score < ${below}`;
};
const active: Share = (row) => `${row}.status = 'ACTIVE'`;

/** By table: what is tallied, and the columns it follows from. */
const tallied: Record<string, { readonly from: readonly string[]; readonly tallies: Record<string, Share> }> = {
  hosts: {
    from: ["status", "quality_score"],
    tallies: {
      hosts_total: when(there),
      hosts_online: when(online),
      quality_sum: when(online, whole("quality_score", 100)),
      hosts_excellent: when(onlineFrom(90, 101)),
      hosts_good: when(onlineFrom(70, 90)),
      hosts_fair: when(onlineFrom(50, 70)),
      hosts_poor: when(onlineFrom(0, 50)),
    },
  },
  zones: {
    from: ["status"],
    tallies: { zones_total: when(there), zones_enabled: when((row) => `${row}.status = 'ENABLED'`) },
  },
  sessions: {
    from: ["status", "current_players", "average_latency_ms"],
    tallies: {
      sessions_total: when(there),
      sessions_active: when(active),
      players: when(there, (row) => `${row}.current_players`),
      latency_sum: when(active, whole("average_latency_ms", 1000)),
    },
  },
};

const changed = (columns: readonly string[], unequal: string): string =>
  columns.map((column) => `OLD.${column} ${unequal} NEW.${column}`).join(" OR ");

/** One writer at a time: one row is enough. */
function sqliteTriggers(table: string): string[] {
  const { from, tallies } = tallied[table]!;
  const trigger = (event: string, condition: string, ...rows: (readonly [sign: string, row: string])[]): string => {
    const sums = Object.entries(tallies).map(
      ([tally, share]) => `${tally} = ${tally}${rows.map(([sign, row]) => ` ${sign} ${share(row)}`).join("")}`,
    );
    return `CREATE TRIGGER tally_${table}_${event} AFTER ${event} ON ${table} ${condition}
            BEGIN UPDATE tallies SET ${sums.join(", ")}; END`;
  };
  return [
    trigger("insert", "", ["+", "NEW"]),
    trigger("update", `WHEN ${changed(from, "IS NOT")}`, ["+", "NEW"], ["-", "OLD"]),
    trigger("delete", "", ["-", "OLD"]),
  ];
}

/**
 * Triggers that run at COMMIT, when all other locks are held: a tally's row is locked last and for a moment only. A
 * backend has its row by its process id. OLD of an insert and NEW of a delete are NULL in every column.
 */
function postgresTriggers(table: string): string[] {
  const { from, tallies } = tallied[table]!;
  const sums = Object.entries(tallies).map(
    ([tally, share]) => `${tally} = ${tally} + ${share("NEW")} - ${share("OLD")}`,
  );
  const trigger = (events: string, condition: string): string =>
    `CREATE CONSTRAINT TRIGGER tally_${table}_${events.slice(0, 6).toLowerCase()} AFTER ${events} ON ${table}
     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW ${condition} EXECUTE FUNCTION tally_${table}()`;
  return [
    `CREATE FUNCTION tally_${table}() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       UPDATE tallies SET ${sums.join(", ")} WHERE shard = pg_backend_pid() % ${SHARDS.postgres};
       RETURN NULL;
     END $$`,
    trigger("INSERT OR DELETE", ""),
    trigger("UPDATE", `WHEN (${changed(from, "IS DISTINCT FROM")})`),
  ];
}

const SHARDS: Readonly<Record<DialectName, number>> = { sqlite: 1, postgres: 16 };

/** Counts that follow every write to hosts, zones and sessions, whoever writes. */
export const tallies: Migration = {
  number: 2,
  name: "tallies",
  statements({ name }) {
    const columns = Object.values(tallied).flatMap((table) => Object.keys(table.tallies));
    const shards = Array.from({ length: SHARDS[name] }, (_, shard) => `(${shard})`);
    return [
      // Room on the page for new versions of a row, so that updates stay on it.
      `CREATE TABLE tallies (
         shard BIGINT PRIMARY KEY,
         ${columns.map((column) => `${column} BIGINT NOT NULL DEFAULT 0`).join(",\n         ")}
       ) ${name === "postgres" ? "WITH (fillfactor = 20)" : ""}`,
      `INSERT INTO tallies (shard) VALUES ${shards.join(", ")}`,
      ...Object.keys(tallied).flatMap(name === "sqlite" ? sqliteTriggers : postgresTriggers),
    ];
  },
};
