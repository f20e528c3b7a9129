import { sql } from "kysely";
import { openPostgres } from "../../../src/adapters/sql/postgres/store.ts";
import { openSqlite } from "../../../src/adapters/sql/sqlite/store.ts";
import type { Store } from "../../../src/adapters/sql/store.ts";
import { createTallies } from "../../../src/adapters/sql/tallies.ts";
import { arenaHalves, miscounts, recount } from "../../support/recount.ts";
import { Client, type LoadContext } from "../load/context.ts";
import type { History } from "./history.ts";

/** How many things are read at a time, and how often each is tried. */
const [AT_ONCE, TRIES] = [8, 5];

/** Reads everything that was written, as a client does. */
export async function readBack(load: LoadContext): Promise<void> {
  const { history } = load;
  const all = [...load.readers];
  const take = async (at: number): Promise<void> => {
    for (let next = all.pop(); next !== undefined; next = all.pop()) {
      const [key, { face, read }] = next;
      const client = new Client(load, face, at);
      let value = await read(client);
      for (let tries = 1; tries < TRIES && isFailure(value); tries++) value = await read(client);
      history.add("read", { key, value });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => take(at)));
}

/** A reader that was not answered gives the status: `null` or one of the server's own. */
const isFailure = (value: string | null): boolean => value !== null && /^(null|5\d\d)$/.test(value);

/** Where the records of a world are. */
export type Records = { readonly postgres: string } | { readonly sqlite: string };

/** Notes what the rows themselves say. The servers have gone. */
export async function readRows(history: History, records: Records): Promise<void> {
  const store =
    "postgres" in records ? openPostgres({ url: records.postgres }) : openSqlite({ folder: records.sqlite });
  try {
    for (const { what, name, said, counted } of await miscounts(store)) {
      history.add("counted", { counter: `${what}: ${name}`, said, counted });
    }
    const [said, counted] = [flat(await createTallies(store).read()), flat(await recount(store))];
    for (const [counter, value] of counted)
      history.add("counted", { counter, said: said.get(counter)!, counted: value });
    for (const [what, wrong] of Object.entries(await arenaHalves(store))) {
      if (what !== "waitingTwice") history.add("counted", { counter: `arena's ${what}`, said: 0, counted: wrong });
    }
    await readArena(history, store);
  } finally {
    await store.close();
  }
}

async function readArena(history: History, store: Store): Promise<void> {
  const rows = async <Row>(query: string): Promise<Row[]> =>
    (await store.read((db) => sql.raw<Row>(query).execute(db))).rows;
  for (const where of ["rating_changes", "feedback_outbox"]) {
    for (const { match_id, agent_id } of await rows<Pair>(`SELECT match_id, agent_id FROM ${where}`)) {
      history.add("posted", { where, match: match_id, agent: agent_id });
    }
  }
  const agents = await rows<{ agent_id: string; said: number; counted: number }>(
    `SELECT agent_id, matches AS said,
       (SELECT COUNT(*) FROM rating_changes c WHERE c.agent_id = a.agent_id) AS counted FROM agents a`,
  );
  for (const { agent_id, said, counted } of agents) {
    history.add("counted", { counter: `matches of agent ${agent_id}`, said: Number(said), counted: Number(counted) });
  }
  for (const { match_id, p1, p2 } of await rows<{ match_id: string; p1: string; p2: string }>(
    "SELECT match_id, p1_queue_id AS p1, p2_queue_id AS p2 FROM matches",
  )) {
    for (const ticket of [p1, p2]) history.add("matched", { queue: "arena", ticket, match: match_id });
  }
  const waiting = await rows<{ queue_id: string }>("SELECT queue_id FROM queue_entries WHERE status = 'waiting'");
  history.add("stranded", { queue: "arena", side: "any", tickets: waiting.map(({ queue_id }) => queue_id) });
}

interface Pair {
  readonly match_id: string;
  readonly agent_id: string;
}

/** All numbers in a tree, by their paths. */
function flat(tree: object, path = ""): Map<string, number> {
  return new Map(
    Object.entries(tree).flatMap(([name, value]): [string, number][] =>
      typeof value === "number" ? [[`${path}${name}`, value]] : [...flat(value as object, `${path}${name}.`)],
    ),
  );
}
