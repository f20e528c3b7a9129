import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { aContender } from "../../../test/support/examples.ts";
import { sqliteRecords, type TestRecords } from "../../../test/support/records.ts";
import { MATCH_SILENCE_MS, Matches } from "../matches/matches.ts";
import { Wagers } from "./wagers.ts";

const terms = { amountWei: 10n ** 16n, wagerId: 0n };

describe("a wager", () => {
  let records: TestRecords;
  let wagers: Wagers;
  beforeEach(async () => {
    records = await sqliteRecords();
    wagers = new Wagers(records);
    for (const side of ["p1", "p2"]) {
      await records.queue.join({ ...aContender(side), queueId: side, matchId: "m" }, records.clock.now(), 0);
    }
  });
  afterEach(() => records.close());

  const moves = {
    propose: (by: string) => wagers.propose("m", by, terms),
    accept: (by: string) => wagers.accept("m", by),
    decline: (by: string) => wagers.decline("m", by),
  };
  type Move = readonly [keyof typeof moves, "p1" | "p2"];
  /** The state after a move, or the code it was refused with. */
  const make = ([move, by]: Move): Promise<string | undefined> =>
    moves[move](by).then(
      ({ wager }) => wager?.status,
      (error: { code?: string }) => error.code,
    );

  test.each<[readonly Move[], string]>([
    [[["propose", "p1"]], "proposed"],
    [
      [
        ["propose", "p1"],
        ["accept", "p2"],
      ],
      "accepted",
    ],
    [
      [
        ["propose", "p2"],
        ["accept", "p1"],
      ],
      "accepted",
    ],
    [
      [
        ["propose", "p1"],
        ["decline", "p2"],
      ],
      "declined",
    ],
    [
      [
        ["propose", "p1"],
        ["decline", "p1"],
      ],
      "declined",
    ],
    [
      [
        ["propose", "p1"],
        ["decline", "p2"],
        ["propose", "p2"],
      ],
      "proposed",
    ],
    [
      [
        ["propose", "p1"],
        ["accept", "p1"],
      ],
      "wager_refused",
    ],
    [
      [
        ["propose", "p1"],
        ["propose", "p1"],
      ],
      "wager_refused",
    ],
    [
      [
        ["propose", "p1"],
        ["propose", "p2"],
      ],
      "wager_refused",
    ],
    [[["accept", "p1"]], "wager_refused"],
    [[["decline", "p1"]], "wager_refused"],
    [
      [
        ["propose", "p1"],
        ["accept", "p2"],
        ["decline", "p2"],
      ],
      "wager_refused",
    ],
    [
      [
        ["propose", "p1"],
        ["accept", "p2"],
        ["propose", "p2"],
      ],
      "wager_refused",
    ],
    [
      [
        ["propose", "p1"],
        ["decline", "p2"],
        ["accept", "p2"],
      ],
      "wager_refused",
    ],
  ])("%j ends as %s", async (story, end) => {
    for (const move of story.slice(0, -1)) await make(move);
    const before = await records.matches.find("m");
    expect(await make(story.at(-1)!)).toBe(end);
    if (end === "wager_refused") expect(await records.matches.find("m")).toEqual(before);
  });

  test("keeps its terms exactly, and who proposed it", async () => {
    const huge = { amountWei: 2n ** 256n - 1n, wagerId: 0n };
    await wagers.propose("m", "p2", huge);
    expect((await wagers.accept("m", "p1")).wager).toEqual({ ...huge, status: "accepted", proposer: "p2" });
  });

  test("is nobody else's business", async () => {
    expect(wagers.propose("m", "p3", terms)).rejects.toMatchObject({ code: "not_a_participant" });
    expect(wagers.propose("x", "p1", terms)).rejects.toMatchObject({ code: "match_not_found" });
  });

  test("of moves at once one comes first, and the others find what it left", async () => {
    const proposals = await Promise.all((["p1", "p2", "p1", "p2"] as const).map((by) => make(["propose", by])));
    expect(proposals.filter((end) => end === "proposed")).toHaveLength(1);
    const proposer = (await records.matches.find("m"))!.wager!.proposer;
    const other = proposer === "p1" ? "p2" : "p1";
    const ends = await Promise.all([
      make(["accept", other]),
      make(["decline", proposer]),
      make(["accept", other]),
      make(["decline", other]),
    ]);
    expect(ends.filter((end) => end !== "wager_refused")).toHaveLength(1);
  });

  test("is not made once the game is over, but may still be declined", async () => {
    await make(["propose", "p1"]);
    const matches = new Matches({ ...records, ratesUnsigned: false });
    const report = { outcome: "done", durationSeconds: null, stocksRemaining: 1, opponentStocks: null };
    for (const side of ["p1", "p2"]) await matches.report("m", side, report);
    expect(await make(["accept", "p2"])).toBe("wager_refused");
    expect(await make(["decline", "p2"])).toBe("declined");
    expect(await make(["propose", "p2"])).toBe("wager_refused");
  });

  test("is not made in a match that has expired, swept or not", async () => {
    await records.clock.advance(MATCH_SILENCE_MS);
    expect(await make(["propose", "p1"])).toBe("wager_refused");
  });
});
