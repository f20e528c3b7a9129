import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createRecords } from "../../src/adapters/sql/records.ts";
import type { Db, Store } from "../../src/adapters/sql/store.ts";
import { systemRandom } from "../../src/adapters/system/random.ts";
import { aContender } from "../support/examples.ts";
import { expectTrueRatings } from "../support/recount.ts";
import { oneWaits, type MakeRecords, type TestRecords } from "../support/records.ts";

const CHAIN = 10143;
const NEVER = -1;

/** Forgetting beside whatever else is done about the same rows, on any adapter. */
export function personRacesContract(adapter: string, make: MakeRecords): void {
  describe(`forgetting beside others on ${adapter}`, () => {
    let records: TestRecords;
    beforeEach(async () => {
      records = await make();
    });
    afterEach(() => records.close());

    const play = async (id: string, code: string): Promise<void> => {
      await records.queue.join({ ...aContender(code, { agentId: 7n }), queueId: `${id}-1`, matchId: id }, 10, NEVER);
      await records.queue.join(
        { ...aContender("MARTH#2", { agentId: 8n }), queueId: `${id}-2`, matchId: id },
        10,
        NEVER,
      );
    };
    const end = ({ matches }: Pick<TestRecords, "matches">, id: string, posted = false) => {
      const result = { winner: "p1", winnerScore: 3, loserScore: 1, completedAt: 20 } as const;
      const rating = { rate: () => ({ p1: 1516, p2: 1484 }), initial: 1500, at: 20, posted };
      return matches.change(id, () => ({ status: "completed", result, rating, activeAt: 20 }));
    };
    /** The records, where `step` comes in the way of every transaction. */
    const interrupted = (step: (work: () => Promise<unknown>, db: Db) => Promise<unknown>) => {
      const { store } = records;
      const transact: Store["transact"] = (work) => store.transact((db) => step(() => work(db), db) as never);
      return createRecords({ ...store, transact }, records.clock, systemRandom);
    };
    const untilOneWaits = (): Promise<void> => oneWaits(records.store);

    test("an agent that is rated meanwhile is kept, and told", async () => {
      await play("over", "FOX#1");
      await end(records, "over");
      await play("now", "OWL#2");
      const [rated, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const rating = end(
        interrupted(async (work) => {
          const done = await work();
          rated.resolve();
          await goOn.promise;
          return done;
        }),
        "now",
        true,
      );
      await rated.promise;
      const forgotten = records.persons.contender({ connectCode: "FOX#1" }, 0);
      await untilOneWaits();
      goOn.resolve();
      await rating;
      expect(await forgotten).toMatchObject({ gone: 0, left: 1 });
      expect(await records.ratings.find(7n)).toMatchObject({ matches: 2 });
      expect(await records.feedback.next(CHAIN)).not.toBeNull();
      await expectTrueRatings(records.store);
    });

    test("agents rated and forgotten again and again: every count equals a recount", async () => {
      for (let at = 0; at < 8; at++) {
        await play(`old${at}`, `FOX#${at}`);
        await end(records, `old${at}`);
        await play(`new${at}`, `OWL#${at}`);
      }
      await Promise.all(
        Array.from({ length: 8 }, (_, at) => [
          end(records, `new${at}`),
          records.persons.contender({ connectCode: `FOX#${at}` }, 0),
        ]).flat(),
      );
      await expectTrueRatings(records.store);
      await records.persons.contender({ connectCode: "MARTH#2" }, 0);
      await expectTrueRatings(records.store);
      expect(await records.ratings.find(8n)).toBeNull();
    });

    test("an agent whose old rating goes while it is rated begins anew", async () => {
      await play("over", "FOX#1");
      await end(records, "over");
      await play("now", "FOX#1");
      const [locked, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const gone = records.store.transact(async (db) => {
        await db
          .selectFrom("agents")
          .select("id")
          .where("agent_id", "=", "7")
          .$if(records.store.dialect === "postgres", (query) => query.forUpdate())
          .execute();
        locked.resolve();
        await goOn.promise;
        await db.deleteFrom("rating_changes").where("agent_id", "=", "7").execute();
        await db.deleteFrom("agents").where("agent_id", "=", "7").execute();
      });
      await locked.promise;
      const rating = end(records, "now");
      await untilOneWaits();
      goOn.resolve();
      await gone;
      expect((await rating)!.match.status).toBe("completed");
      expect(await records.ratings.find(7n)).toMatchObject({ matches: 1, wins: 1 });
      await expectTrueRatings(records.store);
    });

    test("an entry that goes while somebody asks after it is unknown", async () => {
      await records.queue.join({ ...aContender("FOX#1"), queueId: "q", matchId: "none" }, 10, NEVER);
      const { queue } = interrupted(async (work, db) => {
        await db.deleteFrom("queue_entries").where("queue_id", "=", "q").execute();
        return work();
      });
      expect(await queue.see("q", 11, NEVER)).toBeNull();
    });
  });
}
