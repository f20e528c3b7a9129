import { sql } from "kysely";
import type { ListedEntry, OperatorRecords } from "../../ports/operator-records.ts";
import { isWaiting } from "./arena/join-queue.ts";
import { entryOf, matchOf } from "./arena/rows.ts";
import { isOpen } from "./end-sessions.ts";
import type { Store } from "./store.ts";
import type { QueueEntryRow } from "./tables.ts";

/** Players of a session that are told. */
const MOST_PLAYERS = 100;

/** What operators look at, in SQL. */
export function createOperatorRecords(store: Store): OperatorRecords {
  return {
    async entries({ status, before, limit }) {
      const rows = await store.read((db) =>
        db
          .selectFrom("queue_entries")
          .selectAll()
          // A literal, as in the index: a parameter could be anything.
          .$if(status === "waiting", (query) => query.where(isWaiting))
          .$if(status !== undefined && status !== "waiting", (query) => query.where("status", "=", status!))
          .$if(before !== undefined, (query) => query.where("id", "<", before!))
          .orderBy("id", "desc")
          .limit(limit)
          .execute(),
      );
      return rows.map(listed);
    },

    async entry(queueId) {
      const row = await store.read((db) =>
        db.selectFrom("queue_entries").selectAll().where("queue_id", "=", queueId).executeTakeFirst(),
      );
      return row === undefined ? null : listed(row);
    },

    async entriesOf(connectCode, limit) {
      const rows = await store.read((db) =>
        db
          .selectFrom("queue_entries")
          .selectAll()
          .where("connect_code", "=", connectCode)
          .where(isWaiting)
          .orderBy("id", "desc")
          .limit(limit)
          .execute(),
      );
      return rows.map(listed);
    },

    async waiting() {
      const { total, oldest } = await store.read((db) =>
        db
          .selectFrom("queue_entries")
          .select((eb) => [eb.fn.countAll<number>().as("total"), eb.fn.min("created_at").as("oldest")])
          .where(isWaiting)
          .executeTakeFirstOrThrow(),
      );
      return { count: total, since: oldest };
    },

    async matches({ status, before, limit }) {
      const rows = await store.read((db) =>
        db
          .selectFrom("matches")
          .selectAll()
          .$if(status === "playing", (query) => query.where(sql<boolean>`status = 'playing'`))
          .$if(status !== undefined && status !== "playing", (query) => query.where("status", "=", status!))
          .$if(before !== undefined, (query) => query.where("id", "<", before!))
          .orderBy("id", "desc")
          .limit(limit)
          .execute(),
      );
      return rows.map((row) => ({ row: row.id, match: matchOf(row) }));
    },

    async hostsByStatus() {
      const rows = await store.read((db) =>
        db
          .selectFrom("hosts")
          .select((eb) => ["status" as const, eb.fn.countAll<number>().as("total")])
          .groupBy("status")
          .execute(),
      );
      return Object.fromEntries(rows.map(({ status, total }) => [status, total]));
    },

    async openSessions() {
      const rows = await store.read((db) =>
        db
          .selectFrom("sessions")
          .select((eb) => ["status" as const, eb.fn.countAll<number>().as("total")])
          .where(isOpen)
          .groupBy("status")
          .execute(),
      );
      return Object.fromEntries(rows.map(({ status, total }) => [status, total]));
    },

    async sessionsOf(playerId, limit) {
      const seats = await store.read((db) =>
        db
          .selectFrom("session_players")
          .innerJoin("sessions", "sessions.id", "session_players.session")
          .select("sessions.public_id")
          .where("session_players.player_id", "=", playerId)
          .orderBy("session_players.session", "desc")
          .limit(limit)
          .execute(),
      );
      return seats.map(({ public_id }) => public_id);
    },

    async sessionTimes(session) {
      const row = await store.read((db) =>
        db.selectFrom("sessions").select(["activated_at", "ended_at"]).where("id", "=", session).executeTakeFirst(),
      );
      if (row === undefined) return null;
      const players = await store.read((db) =>
        db
          .selectFrom("session_players")
          .select(["player_id", "joined_at", "connected"])
          .where("session", "=", session)
          .orderBy("joined_at")
          .orderBy("id")
          .limit(MOST_PLAYERS)
          .execute(),
      );
      return {
        activatedAt: row.activated_at,
        endedAt: row.ended_at,
        players: players.map(({ player_id, joined_at, connected }) => ({
          playerId: player_id,
          joinedAt: joined_at,
          connected: connected === 1,
        })),
      };
    },
  };
}

function listed(row: QueueEntryRow): ListedEntry {
  const { queueId, status, matchId, connectCode, fighterName, wallet, agentId } = entryOf(row, null);
  return {
    row: row.id,
    ...{ queueId, status, matchId, connectCode, fighterName, wallet, agentId },
    createdAt: row.created_at,
    seenAt: row.seen_at,
  };
}
