import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sql, type KyselyPlugin, type RootOperationNode } from "kysely";
import type { Db, Store } from "../../src/adapters/sql/store.ts";
import { createRecords } from "../../src/adapters/sql/records.ts";
import { systemRandom } from "../../src/adapters/system/random.ts";
import { aContender, aHost, aToken, aZone } from "../support/examples.ts";
import { startPostgres, type RunningPostgres } from "../support/postgres.ts";
import { postgresRecords, sqliteRecords, type TestRecords } from "../support/records.ts";

const MANY = 100_000;

let postgres: RunningPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** Says how a database would carry out a statement, and what is wrong with that. */
type Judge = (db: Db, text: string, values: readonly unknown[]) => Promise<readonly string[]>;

/** Those that grow. */
const tables = [
  "hosts|zones|sessions|session_players",
  "accounts|tokens|invites|reset_codes|contacts",
  "queue_entries|matches|match_signatures|agents|rating_changes|audit_entries",
].join("|");
const SCAN = new RegExp(`^SCAN (${tables})\\b(?! USING)`);
const SEQ_SCAN = new RegExp(`Seq Scan on (${tables})\\b`);

const sqlite = {
  make: () => sqliteRecords(),
  numbers: `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${MANY})`,
  series: "numbers",
  // Without statistics, which nobody who runs this has either.
  quietly: (_db: Db, fill: () => Promise<void>) => fill(),
  /**
   * A scan without an index reads every row, unless it stops at a limit in the order of the rows; a temporary tree
   * sorts what was read.
   */
  async judge(db, text, values) {
    const explained = await db.executeQuery<{ detail: string }>(raw(`EXPLAIN QUERY PLAN ${text}`, values));
    const steps = explained.rows.map(({ detail }) => detail);
    const inOrder = text.endsWith('order by "id" desc limit +? offset +?');
    return steps.filter((step) => (SCAN.test(step) && !inOrder) || /TEMP B-TREE/.test(step));
  },
  async narrowed(db, text, values) {
    const explained = await db.executeQuery<{ detail: string }>(raw(`EXPLAIN QUERY PLAN ${text}`, values));
    return explained.rows.map(({ detail }) => /\(.*\)/.exec(detail)?.[0] ?? "");
  },
} satisfies Engine;

const postgresql = {
  make: () => postgresRecords(postgres),
  numbers: "",
  series: `generate_series(1, ${MANY}) AS numbers (n)`,
  quietly: async (db: Db, fill: () => Promise<void>) => {
    // The rows' triggers would add them up one by one.
    await sql`SET LOCAL session_replication_role = replica`.execute(db);
    await fill();
    await sql`ANALYZE`.execute(db);
  },
  async judge(db, text, values) {
    const explained = await db.executeQuery<{ "QUERY PLAN": string }>(raw(`EXPLAIN ${text}`, values));
    const steps = explained.rows.map((row) => row["QUERY PLAN"]);
    return steps.filter((step) => SEQ_SCAN.test(step) || /\bSort\b/.test(step));
  },
  async narrowed(db, text, values) {
    const explained = await db.executeQuery<{ "QUERY PLAN": string }>(raw(`EXPLAIN ${text}`, values));
    return explained.rows.map((row) => /Index Cond: (.*)/.exec(row["QUERY PLAN"])?.[1] ?? "");
  },
} satisfies Engine;

interface Engine {
  make(): Promise<TestRecords>;
  /** A table expression with the numbers from 1 to MANY, and what has to stand before the statement. */
  readonly numbers: string;
  readonly series: string;
  quietly(db: Db, fill: () => Promise<void>): Promise<void>;
  readonly judge: Judge;
  /** By which conditions a statement's indexes say where to look. */
  readonly narrowed: Judge;
}

function raw(text: string, values: readonly unknown[]) {
  return { ...sql.raw(text).compile(compiler!), sql: text, parameters: values };
}
let compiler: Db | null = null;

/** Notes every statement that goes through. */
function recorder(nodes: RootOperationNode[]): KyselyPlugin {
  return {
    transformQuery({ node }) {
      nodes.push(node);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
}

for (const [name, engine] of Object.entries({ SQLite: sqlite, PostgreSQL: postgresql } as Record<string, Engine>)) {
  describe(`with ${MANY} hosts, sessions and fighters on ${name}`, () => {
    let records: TestRecords;
    const nodes: RootOperationNode[] = [];

    beforeAll(async () => {
      records = await engine.make();
      await records.hosts.register(aHost("h-0"), () => 100, 0);
      await records.zones.create("z", aZone({ minHostQualityScore: 50, minBandwidthMbps: 100, maxLatencyMs: 80 }), 0);
      await records.store.transact((db) => engine.quietly(db, () => fill(db, engine)));
    }, 60_000);
    afterAll(() => records.close());

    const spied = (): ReturnType<typeof createRecords> => {
      const { store } = records;
      const watch = (db: Db): Db => db.withPlugin(recorder(nodes));
      const spy: Store = {
        ...store,
        read: (query) => store.read((db) => query(watch(db))),
        transact: (work) => store.transact((db) => work(watch(db))),
      };
      return createRecords(spy, records.clock, systemRandom);
    };

    type Verb = (records: ReturnType<typeof createRecords>) => Promise<unknown>;

    /** Runs a verb, and then asks the database how it carries out each statement that the verb sent. */
    const stepsOf = async (verb: Verb, judge: Judge) => {
      nodes.length = 0;
      await verb(spied());
      expect(nodes.length).toBeGreaterThan(0);
      return records.store.read(async (db) => {
        compiler = db;
        const found: { readonly step: string; readonly text: string }[] = [];
        for (const node of nodes) {
          const { sql: text, parameters } = db.getExecutor().compileQuery(node, { queryId: "plan" });
          for (const step of await judge(db, text, parameters)) found.push({ step, text });
        }
        return found;
      });
    };
    const problems = async (verb: Verb): Promise<readonly string[]> =>
      (await stepsOf(verb, engine.judge)).map(({ step, text }) => `${step} in ${text}`);

    const page = { limit: 100, offset: 0 };
    const verbs: Readonly<Record<string, Verb>> = {
      "all hosts": ({ hosts }) => hosts.list(page),
      "hosts by status": ({ hosts }) => hosts.list({ ...page, status: "ONLINE" }),
      "hosts by quality": ({ hosts }) => hosts.list({ ...page, minQualityScore: 90 }),
      "hosts by both": ({ hosts }) => hosts.list({ ...page, status: "ONLINE", minQualityScore: 90 }),
      "all sessions": ({ sessions }) => sessions.list(page),
      "sessions by status": ({ sessions }) => sessions.list({ ...page, status: "ACTIVE" }),
      "sessions by host": ({ sessions }) => sessions.list({ ...page, hostId: "h-77" }),
      "sessions by zone": ({ sessions }) => sessions.list({ ...page, zoneId: "z" }),
      "the dashboard": ({ tallies }) => tallies.read(),
      "one host": ({ hosts }) => hosts.find("h-77"),
      "one session": ({ sessions }) => sessions.find({ publicId: "s-77" }),
      "its players": ({ sessions }) => sessions.players(77),
      "a heartbeat": ({ hosts }) => hosts.beat("h-77", { latencyMs: 1 }, () => 91, 1),
      "a sweep that finds nobody": ({ hosts }) => hosts.endSilent(-1, 0, 500),
      "picking a host": ({ sessions }) =>
        sessions.open({ publicId: "picked", zoneId: "z", hostId: null, maxPlayers: 1, seenSince: -1 }, 0),
      "joining the queue": ({ queue }) =>
        queue.join({ ...aContender("new"), queueId: "new", matchId: "new" }, MANY, MANY - 2_000),
      "a poll of who waits": ({ queue }) => queue.see(`q-${MANY}`, MANY, 0),
      "a poll of who is matched": ({ queue }) => queue.see("q-777", MANY, 0),
      "leaving the queue": ({ queue }) => queue.cancel(`q-${MANY}`),
      "a sweep of the queue": ({ queue }) => queue.expire(1, 500),
      "who waits": ({ queue }) => queue.waiting(),
      "a match": ({ matches }) => matches.find("m-77"),
      "a change of a match with ratings": ({ matches }) =>
        matches.change("m-77", () => ({
          activeAt: 1,
          signature: { address: "a", signature: "s", signer: "new", createdAt: 0 },
          rating: { rate: (elo) => elo, initial: 1500, at: 0 },
        })),
      "its signatures": ({ matches }) => matches.signatures("m-77"),
      "a match that goes on": ({ matches }) => matches.touch(`m-${MANY}`, MANY),
      "a sweep of the matches": ({ matches }) => matches.expire(1, 500),
      "who plays": ({ matches }) => matches.playing(),
      "hosts past their age": ({ retention }) => retention.hosts({ before: 5, limit: 9 }),
      "sessions past their age": ({ retention }) => retention.sessions({ before: 5, limit: 9 }),
      "entries past their age": ({ retention }) => retention.entries({ before: 5, limit: 9 }),
      "the leaderboard": ({ ratings }) => ratings.leaderboard(page),
      "an agent": ({ ratings }) => ratings.find(77n),
      "its history": ({ ratings }) => ratings.history(77n, page),
    };
    /** What belongs to one person is bounded, and may be sorted. */
    const ofPeople: typeof verbs = {
      "one account": ({ accounts }) => accounts.find("u-77"),
      "a token": ({ tokens }) => tokens.find("d-77", 0),
      "a token's use": ({ tokens }) => tokens.touch("t-77", 1),
      "somebody's tokens": ({ tokens }) => tokens.list("u-77", 0),
      "tokens that are gone": ({ tokens }) => tokens.missing(["t-77", "t-78", "x"], 0),
      "revoking the others": ({ tokens }) => tokens.revokeOthers("u-77", "t-77"),
      "signing in": ({ tokens }) => tokens.issue(aToken("u-77"), { from: "h", to: "h" }, 1),
      "changing a password": ({ accounts }) => accounts.changePassword("u-78", "h", "h", "t-78"),
      "resetting a password": ({ accounts }) => accounts.resetPassword("u-79", "d-79", "h", 0),
      "an invite": ({ accounts }) => accounts.hasInvite("d-77", "u-77", 0),
      "forgetting somebody": ({ accounts }) => accounts.remove("u-80", "h"),
      "what operators did to a player": ({ audit }) =>
        audit.forget({ whole: ["arena:c-77", "c-77"], beginnings: [], details: ["c-77 waits no longer."] }),
      "matches past their age": ({ retention }) => retention.matches({ before: 5, limit: 9, unsettledSince: 5 }),
      "ratings past their age": ({ retention }) => retention.ratings({ before: 5, limit: 9 }),
      "accounts past their age": ({ accounts }) => accounts.removeUnused(5, 9),
      "a sweep that finds nothing": ({ accounts }) => accounts.sweep(0, 500),
      contacts: ({ contacts }) => contacts.list("u-77"),
      "contacts that are accepted": ({ contacts }) => contacts.accepted("u-77"),
      "a step between two": ({ contacts }) =>
        contacts.step({ email: "u-81", tokenId: "t-81" }, "u-99", () => ({ mine: null, theirs: "incoming" }), 0),
    };
    for (const [what, verb] of Object.entries(ofPeople)) {
      test(`${what}: an index, no scan`, async () => {
        expect((await problems(verb)).filter((problem) => /scan/i.test(problem))).toEqual([]);
      });
    }

    /** Filters that few rows pass, with the columns to look by: an index for the order alone reads every row. */
    const narrow: Record<string, readonly [Verb, readonly string[]]> = {
      "zones by status": [({ zones }) => zones.list({ ...page, status: "MAINTENANCE" }), ["status"]],
      "zones by what is off": [({ zones }) => zones.list({ ...page, p2pEnabled: false }), ["p2p_enabled"]],
      "zones by both": [
        ({ zones }) => zones.list({ ...page, p2pEnabled: false, status: "DISABLED" }),
        ["p2p_enabled", "status"],
      ],
      "sessions by zone and status": [
        ({ sessions }) => sessions.list({ ...page, zoneId: "z", status: "FAILED" }),
        ["zone_id", "status"],
      ],
      "open sessions by zone": [
        ({ sessions }) => sessions.list({ ...page, zoneId: "z", status: "ACTIVE" }),
        ["zone_id", "status"],
      ],
      "open sessions by host": [
        ({ sessions }) => sessions.list({ ...page, hostId: "h-busy", status: "ACTIVE" }),
        ["host_id", "status"],
      ],
      "sessions by host and status": [
        ({ sessions }) => sessions.list({ ...page, hostId: "h-busy", status: "FAILED" }),
        ["host_id", "status"],
      ],
      "sessions by zone and host": [
        ({ sessions }) => sessions.list({ ...page, zoneId: "z", hostId: "h-77" }),
        ["host_id"],
      ],
      "abandoned sessions": [({ sessions }) => sessions.endAbandoned(-1, 0, 200), ["empty_since"]],
    };
    for (const [what, [verb, columns]] of Object.entries(narrow)) {
      test(`${what}: only what is asked for is read`, async () => {
        expect(await problems(verb)).toEqual([]);
        const conditions = (await stepsOf(verb, engine.narrowed)).map(({ step }) => step).join(" ");
        expect(columns.filter((column) => !conditions.includes(column))).toEqual([]);
      });
    }

    for (const [what, verb] of Object.entries(verbs)) {
      test(`${what}: an index, no scan, no sort`, async () => {
        expect(await problems(verb)).toEqual([]);
      });
    }
  });
}

async function fill(db: Db, { numbers, series }: Engine): Promise<void> {
  const run = (statement: string): Promise<unknown> => sql.raw(statement).execute(db);
  await run(`INSERT INTO hosts (host_id, player_id, player_name, ip_address, port, network_speed_mbps, max_players,
      max_zones, ice_servers, latency_ms, packet_loss_percent, bandwidth_usage_mbps, current_players, quality_score,
      alive, created_at, last_seen_at)
    ${numbers} SELECT 'h-' || n, 'p', 'n', '::1', 1, 1000, 50, 5, '[]', n % 90, 0, 0, 0, n % 101, n % 3 % 2, n, n
    FROM ${series}`);
  await run(`INSERT INTO zones (zone_id, zone_name, zone_display_name, map_name, max_players, recommended_players,
      p2p_enabled, p2p_priority, min_host_quality_score, min_bandwidth_mbps, status, created_at)
    ${numbers} SELECT 'z-' || n, 'n' || n, 'n', 'm', 100, 50, CASE WHEN n < 50 THEN 0 ELSE 1 END, n % 10, 0, 0,
      CASE WHEN n < 100 THEN 'MAINTENANCE' ELSE 'ENABLED' END, n FROM ${series}`);
  await run(`INSERT INTO sessions (public_id, host, host_id, zone, zone_id, status, max_players, created_at,
      ended_at)
    ${numbers} SELECT 's-' || n, n, CASE n % 10 WHEN 2 THEN 'h-busy' ELSE 'h-' || n END, 1, 'z',
      CASE n % 10 WHEN 0 THEN 'ACTIVE' WHEN 1 THEN 'FAILED' ELSE 'ENDED' END, 50, n,
      CASE n % 10 WHEN 0 THEN NULL ELSE n END
    FROM ${series}`);
  await run(`INSERT INTO session_players (session, player_id, connected, joined_at)
    ${numbers} SELECT n, 'p-' || n, n % 2, n FROM ${series}`);
  await run(`INSERT INTO accounts (email, password_hash, created_at, signed_in_at)
    ${numbers} SELECT 'u-' || n, 'h', n, n FROM ${series}`);
  await run(`INSERT INTO tokens (id, digest, email, created_at, last_used_at, expires_at)
    ${numbers} SELECT 't-' || n, 'd-' || n, 'u-' || n, n, n, n FROM ${series}`);
  await run(`INSERT INTO reset_codes (email, digest, created_at, expires_at)
    ${numbers} SELECT 'u-' || n, 'd-' || n, n, n FROM ${series}`);
  await run(`INSERT INTO invites (digest, email, created_at, expires_at)
    ${numbers} SELECT 'd-' || n, CASE n % 2 WHEN 0 THEN 'u-' || n END, n, n FROM ${series}`);
  await run(`INSERT INTO contacts (owner, other, status, since)
    ${numbers} SELECT 'u-' || n, 'u-' || (n % 1000), CASE n % 2 WHEN 0 THEN 'accepted' ELSE 'incoming' END, n
    FROM ${series}`);
  await run(`INSERT INTO queue_entries (queue_id, connect_code, status, match_id, created_at, seen_at)
    ${numbers} SELECT 'q-' || n, 'c-' || n, CASE WHEN n > ${MANY - 1_000} THEN 'waiting' WHEN n < 100 THEN 'expired' ELSE 'matched' END,
      CASE WHEN n > ${MANY - 1_000} OR n < 100 THEN NULL ELSE 'm-' || n END, n, n FROM ${series}`);
  await run(`INSERT INTO matches (match_id, status, p1_queue_id, p1_connect_code, p1_agent_id, p2_queue_id,
      p2_connect_code, p2_agent_id, winner, winner_score, loser_score, completed_at, created_at, active_at)
    ${numbers} SELECT 'm-' || n, CASE n % 100 WHEN 0 THEN 'playing' ELSE 'completed' END, 'a-' || n, 'a', n,
      'b-' || n, 'b', n + 1, 'p1', 1, 0, CASE n % 100 WHEN 0 THEN NULL ELSE n END, n, n FROM ${series}`);
  await run(`INSERT INTO match_signatures (match_id, signer, address, signature, created_at)
    ${numbers} SELECT 'm-' || n, 's', 's', 's', n FROM ${series}`);
  await run(`INSERT INTO audit_entries (at, who, action, kind, target, outcome, detail)
    ${numbers} SELECT n, 'o', 'a', 'k', CASE n % 100 WHEN 0 THEN 'arena:q-' || n ELSE 'u-' || n || '/phone' END, 'done',
      'd' FROM ${series}`);
  await run(`INSERT INTO agents (agent_id, elo, rated_at) ${numbers} SELECT n, n % 1000, n FROM ${series}`);
  await run(`INSERT INTO rating_changes (match_id, agent_id, opponent_id, outcome, elo_before, elo_after, created_at)
    ${numbers} SELECT 'm-' || n, n, n + 1, 'won', 1, 1, n FROM ${series} WHERE n <> 77`);
}
