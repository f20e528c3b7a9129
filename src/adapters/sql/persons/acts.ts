import type { Expression, ExpressionBuilder, SqlBool } from "kysely";
import type { Named } from "../../../ports/audit-names.ts";
import { SOMEBODY_FORGOTTEN } from "../../../ports/audit-records.ts";
import type { Db, Store } from "../store.ts";
import type { Tables } from "../tables.ts";

/** Rows that one statement changes, and names it asks for. */
const STEP = 500;

/** Takes somebody out of what operators have done, in the caller's transaction. How many rows. Locks by id. */
export async function forgetInAudit(store: Store, db: Db, { whole, beginnings, details }: Named): Promise<number> {
  const locked = async (isTheirs: Condition): Promise<readonly number[]> => {
    const rows = await db
      .selectFrom("audit_entries")
      .select("id")
      .where(isTheirs)
      .orderBy("id")
      .$if(store.dialect === "postgres", (query) => query.forUpdate())
      .execute();
    return rows.map(({ id }) => id);
  };
  const named = new Set<number>();
  const told = new Set<number>();
  const add = (ids: readonly number[], all: Set<number>): void => ids.forEach((id) => all.add(id));
  for (const beginning of beginnings) add(await locked((eb) => beginsWith(eb, beginning)), named);
  for (const targets of steps(whole)) add(await locked((eb) => eb("target", "in", targets)), named);
  for (const words of steps(details)) {
    add(await locked((eb) => eb.and([beginsWith(eb, TICKET), eb("detail", "in", words)])), told);
  }
  for (const ids of steps([...named])) {
    await db.updateTable("audit_entries").set({ target: SOMEBODY_FORGOTTEN }).where("id", "in", ids).execute();
  }
  const all = new Set([...named, ...told]);
  // Earlier versions repeated the name there.
  for (const ids of steps([...all])) {
    await db
      .updateTable("audit_entries")
      .set({ detail: SOMEBODY_FORGOTTEN })
      .where("id", "in", ids)
      .where("detail", "is not", null)
      .execute();
  }
  return all.size;
}

/** How targets of tickets of the arena begin. */
const TICKET = "arena:";

type Condition = (eb: ExpressionBuilder<Tables, "audit_entries">) => Expression<SqlBool>;

/** Texts are compared byte by byte: no letter of a name means anything else here, as it might in a pattern. */
function beginsWith(eb: ExpressionBuilder<Tables, "audit_entries">, beginning: string): Expression<SqlBool> {
  return eb.and([eb("target", ">=", beginning), eb("target", "<", after(beginning))]);
}

/** The first text that comes after all that begin with this one, which ends with a character of ASCII. */
function after(beginning: string): string {
  return beginning.slice(0, -1) + String.fromCharCode(beginning.charCodeAt(beginning.length - 1) + 1);
}

function* steps<One>(all: readonly One[]): Iterable<readonly One[]> {
  for (let at = 0; at < all.length; at += STEP) yield all.slice(at, at + STEP);
}
