import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { ReplayPiece } from "../../src/ports/replay-records.ts";
import type { MakeRecords, TestRecords } from "../support/records.ts";

/** Every sentence of the port's comment, run against one adapter. */
export function replayRecordsContract(adapter: string, make: MakeRecords): void {
  describe(`replay records on ${adapter}`, () => {
    let records: TestRecords;
    beforeEach(async () => {
      records = await make();
    });
    afterEach(() => records.close());

    const piece = (number: number, bytes: readonly number[] = [number], recorder = "a"): ReplayPiece => ({
      recorder,
      number,
      content: Uint8Array.from(bytes),
    });
    const add = (matchId: string, one: ReplayPiece, at: number, state = { games: 0, isComplete: false }) =>
      records.replays.add(matchId, one, { ...state, at });
    const contents = async (matchId: string) => (await records.replays.pieces(matchId)).map((one) => [...one]);
    const prune = (bounds: Partial<Parameters<typeof records.replays.prune>[0]>) =>
      records.replays.prune({ before: 0, maxBytes: 1_000, limit: 100, ...bounds });

    test("a replay begins with its first piece and keeps each byte for byte, in the order they came", async () => {
      const all = Array.from({ length: 256 }, (_, byte) => byte);
      await add("m", piece(1, all), 10);
      await add("m", piece(0, [0, 10, 13], "b"), 20, { games: 2, isComplete: false });
      expect(await contents("m")).toEqual([all, [0, 10, 13]]);
      const state = { games: 2, isComplete: false, bytes: 259, startedAt: 10, updatedAt: 20 };
      expect(await records.replays.find("m")).toEqual({ matchId: "m", ...state });
    });

    test("one that nobody recorded is not there", async () => {
      expect(await records.replays.find("m")).toBeNull();
      expect(await contents("m")).toEqual([]);
    });

    test("a piece that is there already changes nothing, and the state never goes back", async () => {
      await add("m", piece(1), 10, { games: 1, isComplete: true });
      await add("m", piece(1, [9, 9]), 30, { games: 5, isComplete: true });
      expect(await records.replays.find("m")).toMatchObject({ games: 1, bytes: 1, updatedAt: 10 });
      await add("m", piece(2), 5);
      expect(await records.replays.find("m")).toMatchObject({ games: 1, isComplete: true, bytes: 2, updatedAt: 10 });
    });

    test("what a replay weighs is the sum of its pieces, however many come at once", async () => {
      await Promise.all(Array.from({ length: 40 }, (_, n) => add("m", piece(n % 20, [1, 2, 3], `r${n % 2}`), n)));
      expect(await records.replays.find("m")).toMatchObject({ bytes: 60, startedAt: expect.any(Number) });
      expect(await contents("m")).toHaveLength(20);
    });

    test("pieces that come while replays go are in a replay that weighs as much, or gone with theirs", async () => {
      let at = 0;
      const names = ["m0", "m1", "m2", "m3"];
      const adding = Array.from({ length: 6 }, async (_, writer) => {
        for (let n = 0; n < 60; n++) await add(names[n % 4]!, piece(n, [1, 2, 3], `w${writer}`), ++at);
      });
      let isOver = false;
      const pruning = [1, 2].map(async () => {
        while (!isOver) await prune({ maxBytes: 8 });
      });
      await Promise.all(adding).finally(() => (isOver = true));
      await Promise.all(pruning);
      for (const name of names) {
        const weight = (await contents(name)).flat().length;
        expect((await records.replays.find(name))?.bytes ?? 0).toBe(weight);
      }
      await prune({ before: at });
      expect((await Promise.all(names.map(contents))).flat()).toEqual([]);
    });

    test("what is past its time goes, and then the oldest until the rest fits", async () => {
      for (const at of [1, 2, 3, 4, 5]) await add(`m${at}`, piece(0, [1, 2]), at);
      // A new piece makes a replay young again.
      await add("m1", piece(1, [3]), 6);
      const left = async () => {
        const found = await Promise.all([1, 2, 3, 4, 5].map((n) => records.replays.find(`m${n}`)));
        return found.flatMap((one) => one?.matchId ?? []);
      };
      expect(await prune({ before: 2 })).toBe(1);
      expect(await left()).toEqual(["m1", "m3", "m4", "m5"]);
      expect(await prune({ maxBytes: 9 })).toBe(0);
      expect(await prune({ maxBytes: 8 })).toBe(1);
      expect(await left()).toEqual(["m1", "m4", "m5"]);
      expect(await prune({ maxBytes: 0, limit: 2 })).toBe(2);
      expect(await left()).toEqual(["m1"]);
      expect([await contents("m4"), await contents("m1")]).toEqual([[], [[1, 2], [3]]]);
      expect(await prune({ before: 6 })).toBe(1);
      expect(await left()).toEqual([]);
    });
  });
}
