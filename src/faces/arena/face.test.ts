import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createMemoryBus } from "../../adapters/memory/bus.ts";
import { systemRandom } from "../../adapters/system/random.ts";
import { MATCH_SILENCE_MS, Matches } from "../../core/matches/matches.ts";
import { QueueWatch } from "../../core/matches/queue-watch.ts";
import { ENTRY_SILENCE_MS, Queue } from "../../core/matches/queue.ts";
import { Ratings } from "../../core/ratings/ratings.ts";
import { Signatures } from "../../core/signatures/signatures.ts";
import { Wagers } from "../../core/wagers/wagers.ts";
import type { Face } from "../../transport/face.ts";
import { aContender } from "../../../test/support/examples.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { sqliteRecords, type TestRecords } from "../../../test/support/records.ts";
import { arenaFace } from "./face.ts";

describe("the arena as time goes by", () => {
  let records: TestRecords;
  let queue: Queue;
  let matches: Matches;
  let face: Face;
  const failures: unknown[] = [];
  beforeEach(async () => {
    failures.length = 0;
    records = await sqliteRecords();
    const { clock } = records;
    const failed = (error: unknown): void => void failures.push(error);
    const watch = new QueueWatch({ bus: createMemoryBus(), clock, failed });
    queue = new Queue({ ...records, random: systemRandom, onLeft: (queueId) => watch.left(queueId) });
    matches = new Matches({ ...records, ratesUnsigned: false });
    face = arenaFace({
      queue,
      watch,
      matches,
      signatures: new Signatures({ ...records, proof: { chainId: 1, contract: "0x" }, signers: null }),
      wagers: new Wagers(records),
      ratings: new Ratings(records),
      adminToken: null,
      clock,
      liveMatchIds: async () => ["live"],
      failed,
    });
    face.start!();
  });
  afterEach(async () => {
    face.drain!();
    await face.stop!();
    await records.close();
    expect(failures).toEqual([]);
  });

  /** The store answers in its own time, the sweeps come by the clock of the test. */
  const sweepUntil = (what: string, check: () => Promise<boolean>) =>
    eventually(what, async () => {
      await records.clock.advance(1_000);
      return check();
    });

  test("entries and matches in which nothing happens expire without anybody asking", async () => {
    await queue.join(aContender("A"));
    const { match } = await queue.join(aContender("B"));
    const { entry } = await queue.join(aContender("C"));
    await records.clock.advance(ENTRY_SILENCE_MS);
    await sweepUntil("the entry expires", async () => (await records.queue.waiting()) === 0);
    expect((await queue.look(entry.queueId)).entry.status).toBe("expired");
    expect((await matches.get(match!.id)).status).toBe("playing");
    await records.clock.advance(MATCH_SILENCE_MS);
    await sweepUntil("the match expires", async () => (await matches.get(match!.id)).status === "expired");
  });

  test("asking for its health counts what is left after a sweep", async () => {
    await face.stop!();
    await queue.join(aContender("A"));
    await queue.join(aContender("B"));
    await queue.join(aContender("C"));
    expect(await face.health!()).toEqual({ queue_size: 1, active_matches: 1, live_match_ids: ["live"] });
    await records.clock.advance(MATCH_SILENCE_MS);
    expect(await face.health!()).toEqual({ queue_size: 0, active_matches: 0, live_match_ids: ["live"] });
  });
});
