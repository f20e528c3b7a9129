import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createMemoryBus } from "../../adapters/memory/bus.ts";
import { systemRandom } from "../../adapters/system/random.ts";
import { QueueMatches } from "../../core/matches/queue-matches.ts";
import { openEntitlements } from "../../core/credentials/entitlements.ts";
import { MATCH_SILENCE_MS, Matches } from "../../core/matches/matches.ts";
import { QueueWatch } from "../../core/matches/queue-watch.ts";
import { ENTRY_SILENCE_MS, Queue } from "../../core/matches/queue.ts";
import { Ratings } from "../../core/ratings/ratings.ts";
import { Signatures } from "../../core/signatures/signatures.ts";
import { Wagers } from "../../core/wagers/wagers.ts";
import type { Face } from "../../transport/face.ts";
import { aContender } from "../../../test/support/examples.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { streamsOn, type StreamNode } from "../../../test/support/stream-nodes.ts";
import { sqliteRecords, type TestRecords } from "../../../test/support/records.ts";
import { arenaFace } from "./face.ts";

describe("the arena as time goes by", () => {
  let records: TestRecords;
  let queue: Queue;
  let matches: Matches;
  let face: Face;
  let streams: StreamNode;
  const failures: unknown[] = [];
  beforeEach(async () => {
    failures.length = 0;
    records = await sqliteRecords();
    const { clock } = records;
    const failed = (error: unknown): void => void failures.push(error);
    const watch = new QueueWatch({ bus: createMemoryBus(), clock, failed });
    queue = new Queue({ ...records, random: systemRandom, onLeft: (queueId) => watch.left(queueId) });
    matches = new Matches({ ...records, ratesUnsigned: false });
    streams = streamsOn(records, { node: "n", failed });
    face = arenaFace({
      queue,
      watch,
      matches,
      signatures: new Signatures({ ...records, proof: { chainId: 1, contract: "0x" }, signers: null }),
      wagers: new Wagers(records),
      ratings: new Ratings(records),
      limits: { join: undefined, read: undefined, write: undefined, frames: undefined, admin: undefined },
      access: { adminToken: null, identify: null },
      audited: async (_deed, act) => act(),
      queueMatches: new QueueMatches({ entitlements: openEntitlements, opponents: null, clock }),
      clock,
      ...streams,
      failed,
    });
    face.start!();
  });
  afterEach(async () => {
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
    expect(await face.health!()).toEqual({ queue_size: 1, active_matches: 1, live_match_ids: [] });
    await records.clock.advance(MATCH_SILENCE_MS);
    expect(await face.health!()).toEqual({ queue_size: 0, active_matches: 0, live_match_ids: [] });
  });

  test("asking for its health often sweeps once a second, with the timer's", async () => {
    let sweeps = 0;
    const sweep = queue.sweep.bind(queue);
    queue.sweep = (...args) => (sweeps++, sweep(...args));
    await Promise.all(Array.from({ length: 20 }, () => face.health!()));
    await face.health!();
    expect(sweeps).toBe(1);
    await records.clock.advance(1_000);
    await face.health!();
    expect(sweeps).toBe(2);
    await queue.join(aContender("A"));
    expect(await face.health!()).toMatchObject({ queue_size: 1 });
  });

  test("stopping waits for the removal of old replays", async () => {
    const removal = Promise.withResolvers<number>();
    streams.replays.sweep = () => removal.promise;
    await records.clock.advance(60_000);
    // The sweep of entries, which it waits for too, is done then.
    await face.health!();
    const order: string[] = [];
    const { recorder } = streams;
    const stop = recorder.stop.bind(recorder);
    recorder.stop = () => (order.push("recorder"), stop());
    const stopped = face.stop!();
    await records.clock.advance(0);
    order.push("removed");
    removal.resolve(0);
    await stopped;
    expect(order).toEqual(["removed", "recorder"]);
  });
});
