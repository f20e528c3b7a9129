import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { aContender } from "../../../test/support/examples.ts";
import { sqliteRecords, type TestRecords } from "../../../test/support/records.ts";
import { systemRandom } from "../../adapters/system/random.ts";
import type { Report } from "../../ports/match-records.ts";
import { MATCH_SILENCE_MS, Matches } from "./matches.ts";
import { ENTRY_SILENCE_MS, Queue } from "./queue.ts";

const report = (stocksRemaining: number, outcome = "COMPLETED"): Report => ({
  outcome,
  stocksRemaining,
  durationSeconds: 1.5,
  opponentStocks: null,
});

describe("queue and matches", () => {
  let records: TestRecords;
  let matches: Matches;
  let queue: Queue;
  const left: string[] = [];
  beforeEach(async () => {
    records = await sqliteRecords();
    left.length = 0;
    matches = new Matches({ ...records, ratesUnsigned: false });
    queue = new Queue({
      ...records,
      random: systemRandom,
      onLeft: (queueId) => void left.push(queueId),
    });
  });
  afterEach(() => records.close());

  const play = async () => {
    const one = await queue.join(aContender("A"));
    const two = await queue.join(aContender("B"));
    return { id: two.match!.id, p1: one.entry.queueId, p2: two.entry.queueId };
  };
  const codeOf = (step: Promise<unknown>): Promise<unknown> =>
    step.then(
      () => "done",
      (error: { code?: string }) => error.code,
    );

  test("who is matched hears of it, once each", async () => {
    const { p1, id } = await play();
    expect(left).toEqual([p1]);
    expect((await queue.look(p1)).match!.id).toBe(id);
    expect(await codeOf(queue.look("unknown"))).toBe("queue_entry_not_found");
    expect(await codeOf(queue.look("a\u0000"))).toBe("queue_entry_not_found");
    expect(await queue.leave(p1)).toBe(false);
  });

  test("blanks around a wallet do not count, and a wallet of nothing else is none", async () => {
    for (const [wallet, kept] of [
      ["", null],
      [" \t", null],
      [" 0xAb\n", "0xAb"],
    ] as const) {
      expect((await queue.join({ ...aContender("A"), wallet })).entry.wallet).toBe(kept);
    }
  });

  test("an entry lives as long as somebody asks after it", async () => {
    const { entry } = await queue.join(aContender("A"));
    for (let at = 0; at < 3; at++) {
      await records.clock.advance(ENTRY_SILENCE_MS - 1);
      expect((await queue.look(entry.queueId)).entry.status).toBe("waiting");
      expect(await queue.sweep()).toBe(0);
    }
    await records.clock.advance(ENTRY_SILENCE_MS);
    expect(await queue.sweep()).toBe(1);
    expect(left).toEqual([entry.queueId]);
    expect((await queue.look(entry.queueId)).entry.status).toBe("expired");
  });

  test("an entry that has fallen silent expires although nobody has swept, and asking does not bring it back", async () => {
    const { entry } = await queue.join(aContender("A"));
    await records.clock.advance(ENTRY_SILENCE_MS);
    expect((await queue.join(aContender("B"))).entry.status).toBe("waiting");
    expect((await queue.look(entry.queueId)).entry.status).toBe("expired");
  });

  test("both reports make the result, which stands", async () => {
    const { id, p1, p2 } = await play();
    expect((await matches.report(id, p2, report(3))).status).toBe("playing");
    const after = await matches.report(id, p1, report(1));
    const result = { winner: "p2", winnerScore: 3, loserScore: 1, completedAt: records.clock.now() } as const;
    expect(after).toMatchObject({ status: "completed", result });
    await records.clock.advance(60_000);
    expect(await codeOf(matches.report(id, p1, report(1)))).toBe("done");
    expect(await codeOf(matches.report(id, p1, report(4)))).toBe("report_refused");
    expect(await matches.get(id)).toEqual(after);
  });

  test("a side says one thing, before the end too", async () => {
    const { id, p1 } = await play();
    await matches.report(id, p1, report(3));
    expect(await codeOf(matches.report(id, p1, report(3, "won")))).toBe("report_refused");
    expect((await matches.get(id)).status).toBe("playing");
  });

  test("many reports at once: one result, made of what each side said first", async () => {
    const { id, p1, p2 } = await play();
    const said = Array.from({ length: 20 }, (_, at) => matches.report(id, at % 2 === 0 ? p1 : p2, report(at)));
    const ends = await Promise.all(said.map((step) => codeOf(step)));
    expect(ends.filter((end) => end === "done")).toHaveLength(2);
    const match = await matches.get(id);
    expect(match.result).toMatchObject({
      winnerScore: Math.max(match.p1.report!.stocksRemaining!, match.p2.report!.stocksRemaining!),
      loserScore: Math.min(match.p1.report!.stocksRemaining!, match.p2.report!.stocksRemaining!),
    });
  });

  test("outsiders report nothing", async () => {
    const { id } = await play();
    const { entry } = await queue.join(aContender("C"));
    expect(await codeOf(matches.report(id, entry.queueId, report(1)))).toBe("not_a_participant");
    expect(await codeOf(matches.report("none", entry.queueId, report(1)))).toBe("match_not_found");
  });

  test("a match lives while something happens in it; then nothing can be reported any more", async () => {
    const { id, p1, p2 } = await play();
    await records.clock.advance(MATCH_SILENCE_MS - 1);
    await matches.touch(id);
    await records.clock.advance(MATCH_SILENCE_MS - 1);
    expect(await matches.sweep()).toBe(0);
    await matches.report(id, p1, report(1));
    await records.clock.advance(MATCH_SILENCE_MS);
    expect(await codeOf(matches.report(id, p2, report(1)))).toBe("report_refused");
    expect(await matches.sweep()).toBe(1);
    expect((await matches.get(id)).status).toBe("expired");
    expect(await codeOf(matches.report(id, p1, report(1)))).toBe("report_refused");
  });

  test("a sweep of all leaves nothing waiting and nothing playing", async () => {
    await play();
    await queue.join(aContender("C"));
    expect([await queue.sweep("all"), await matches.sweep("all")]).toEqual([1, 1]);
    expect([await queue.size(), await matches.playing()]).toEqual([0, 0]);
  });
});
