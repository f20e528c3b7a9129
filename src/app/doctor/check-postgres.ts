import { sql } from "kysely";
import { migrationStatus } from "../../adapters/sql/migrate.ts";
import { MAX_CONNECTIONS, openPostgres } from "../../adapters/sql/postgres/store.ts";
import type { Store } from "../../adapters/sql/store.ts";
import { systemClock } from "../../adapters/system/clock.ts";
import { judgeClock, judgeLatency } from "./check-clocks.ts";
import { judgeSchema } from "./check-schema.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";
import { aheadOf, latencyOf } from "./look.ts";

const SUBJECT = "DATABASE_URL";
/** The oldest that its makers still mend. */
const OLDEST = 13;
/** Slower than this, one answer takes as long as a whole request should, in ms. */
const SLOW_MS = 20;

/** The PostgreSQL of the records. `nodes`: how many are known to share it, this one included. */
export async function checkPostgres(url: string, nodes: number): Promise<readonly Finding[]> {
  const store = openPostgres({ url });
  try {
    await store.ping();
    const facts = await factsOf(store);
    return [
      ...judgeServer(facts),
      ...judgeRights(facts),
      judgeConnections(facts, nodes),
      await checkSchema(store),
      judgeLatency(SUBJECT, await latencyOf(() => store.ping()), SLOW_MS),
      judgeClock(
        SUBJECT,
        "PostgreSQL",
        await aheadOf(
          async () => (await store.time())!,
          () => systemClock.now(),
        ),
      ),
    ];
  } catch (error) {
    const { cause, message } = error as Error;
    const why = cause instanceof Error && cause.message !== "" ? cause.message : message;
    const advice =
      "See that the server runs, that this machine may connect, and that user, password and database are right.";
    return [fail(SUBJECT, `PostgreSQL cannot be used: ${why.replace(/\.$/, "")}.`, advice)];
  } finally {
    await store.close();
  }
}

interface Facts {
  readonly version: number;
  readonly encoding: string;
  readonly fsync: string;
  readonly is_standby: boolean;
  readonly read_only: string;
  readonly most: string;
  readonly reserved: string;
  readonly used_by_others: number;
  readonly may_create: boolean | null;
  readonly schema: string | null;
  readonly closed: string | null;
}

async function factsOf(store: Store): Promise<Facts> {
  const asked = sql<Facts>`SELECT
    current_setting('server_version_num')::int / 10000 AS version,
    current_setting('server_encoding') AS encoding,
    current_setting('fsync') AS fsync,
    pg_is_in_recovery() AS is_standby,
    current_setting('transaction_read_only') AS read_only,
    current_setting('max_connections') AS most,
    current_setting('superuser_reserved_connections') AS reserved,
    (SELECT count(*) FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND application_name <> 'rendezvous') AS used_by_others,
    has_schema_privilege(current_schema(), 'CREATE') AS may_create,
    current_schema() AS schema,
    (SELECT string_agg(c.relname, ', ' ORDER BY c.relname) FROM pg_class c
      WHERE c.relkind = 'r' AND c.relnamespace = to_regnamespace(quote_ident(current_schema()))
      AND NOT (has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
        AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'))) AS closed`;
  const { rows } = await store.read((db) => asked.execute(db));
  return rows[0]!;
}

function judgeServer({ version, encoding, fsync, is_standby, read_only }: Facts): readonly Finding[] {
  const findings: Finding[] = [];
  if (is_standby || read_only === "on") {
    const what = is_standby ? "a standby" : "read-only";
    findings.push(fail(SUBJECT, `The server is ${what}: nothing can be kept.`, "Name the primary."));
  }
  if (encoding !== "UTF8") {
    const advice = "Make a database with ENCODING 'UTF8' and move the records there (rendezvous export, import).";
    findings.push(
      fail(SUBJECT, `The database is encoded as ${encoding}: names that it has no letters for are refused.`, advice),
    );
  }
  if (fsync === "off") {
    const sentence = "fsync is off: what was answered with a 2xx may be lost in a power cut.";
    findings.push(warn(SUBJECT, sentence, "Set fsync=on in postgresql.conf."));
  }
  if (version < OLDEST) {
    const sentence = `It is PostgreSQL ${version}, which its makers no longer mend.`;
    findings.push(warn(SUBJECT, sentence, `Upgrade to ${OLDEST} or newer.`));
  }
  return [...findings, ...(findings.length === 0 ? [ok(SUBJECT, `PostgreSQL ${version} answers.`)] : [])];
}

function judgeRights({ may_create, schema, closed }: Facts): readonly Finding[] {
  if (schema === null) {
    const sentence = "The user finds no schema to keep records in.";
    return [fail(SUBJECT, sentence, "Give it one: GRANT USAGE, CREATE ON SCHEMA public TO the user.")];
  }
  if (closed !== null) {
    const advice = `Let the user that made them own them, or GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema}.`;
    return [fail(SUBJECT, `The user may not read and write ${closed}.`, advice)];
  }
  if (may_create !== true) {
    const sentence = `The user may not make tables in ${schema}: no migration can be applied.`;
    return [fail(SUBJECT, sentence, `GRANT CREATE ON SCHEMA ${schema} TO the user, or migrate as another one.`)];
  }
  return [ok(SUBJECT, "The user may read and write the records, and make tables.")];
}

function judgeConnections({ most, reserved, used_by_others: others }: Facts, nodes: number): Finding {
  const free = Number(most) - Number(reserved) - others;
  const needed = nodes * MAX_CONNECTIONS;
  const has = `max_connections is ${most}, of which ${Number(reserved) + others} are reserved or taken by others`;
  const who = nodes === 1 ? `this node takes up to ${needed}` : `${nodes} nodes take up to ${needed}`;
  if (needed <= free) return ok(SUBJECT, `${has}; ${who}.`);
  const advice = `Set max_connections to ${Number(most) - free + needed} or more, or put a pooler between (in session mode).`;
  return warn(SUBJECT, `${has}; ${who}, which is more than there are.`, advice);
}

async function checkSchema(store: Store): Promise<Finding> {
  try {
    return judgeSchema(SUBJECT, await migrationStatus(store));
  } catch (error) {
    return fail(SUBJECT, (error as Error).message, "Run the version that migrated it, or a newer one.");
  }
}
