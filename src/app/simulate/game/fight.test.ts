import { expect, test } from "bun:test";
import { fight, type FightEvent } from "./fight.ts";
import { FIRST_FRAME } from "./game.ts";
import { stages } from "./stages.ts";

const RULES = { bestOf: 3, stocks: 4 };

function played(seed: string, rules = RULES): readonly FightEvent[] {
  return [...fight(seed, rules)];
}

const seeds = Array.from({ length: 20 }, (_, number) => `seed ${number}`);

test("a seed makes the same fight again, and another seed another one", () => {
  const hash = (seed: string): bigint | number => Bun.hash(JSON.stringify(played(seed)));
  expect(hash("a")).toBe(hash("a"));
  expect(hash("a")).not.toBe(hash("b"));
});

test("who wins more than half of the games wins, and then it ends", () => {
  for (const seed of seeds) {
    const ends = played(seed).filter((event) => event.kind === "end");
    const { score } = ends.at(-1)!;
    expect(Math.max(...score)).toBe(2);
    expect(score[0] + score[1]).toBe(ends.length);
    expect(ends.map(({ game }) => game)).toEqual(ends.map((_, at) => at + 1));
  }
});

test("a game takes as long as games take, and no seed goes on until the time is over", () => {
  const seconds = seeds.flatMap((seed) => {
    let frames = 0;
    const lengths: number[] = [];
    for (const { kind } of played(seed)) {
      if (kind === "frame") frames++;
      if (kind !== "end") continue;
      lengths.push(frames / 60);
      frames = 0;
    }
    return lengths;
  });
  expect(Math.min(...seconds)).toBeGreaterThan(30);
  expect(Math.max(...seconds)).toBeLessThan(300);
});

test("both ports win", () => {
  const winners = seeds.flatMap((seed) =>
    played(seed).flatMap((event) => (event.kind === "end" ? [event.winner] : [])),
  );
  for (const port of [1, 2] as const) {
    expect(winners.filter((winner) => winner === port).length).toBeGreaterThan(winners.length / 4);
  }
});

test("frames are numbered from the first one of each game, without a gap", () => {
  let expected = FIRST_FRAME;
  for (const event of played("numbers")) {
    if (event.kind === "end") expected = FIRST_FRAME;
    if (event.kind === "frame") expect(event.frame).toBe(expected++);
  }
});

test("nobody gains stocks, loses two at once, heals without dying, or is further out than the blast zones", () => {
  for (const seed of seeds.slice(0, 5)) {
    let before: readonly { readonly stocks: number; readonly percent: number }[] | null = null;
    let bounds = stages[0].blast;
    for (const event of played(seed)) {
      if (event.kind === "start") bounds = stages.find(({ id }) => id === event.stageId)!.blast;
      if (event.kind === "end") before = null;
      if (event.kind !== "frame") continue;
      for (const [at, fighter] of event.fighters.entries()) {
        const last = before?.[at];
        if (last !== undefined) expect(last.stocks - fighter.stocks).toBeWithin(0, 2);
        if (last?.stocks === fighter.stocks) expect(fighter.percent).toBeGreaterThanOrEqual(last.percent);
        expect(Math.abs(fighter.x)).toBeLessThan(bounds.side + 20);
        expect(fighter.y).toBeGreaterThan(bounds.bottom - 20);
        expect(fighter.stocks).toBeGreaterThanOrEqual(0);
      }
      before = event.fighters;
    }
  }
});

test.each(["s110", "s261"])("whoever is left when a game is over does not fall any more (%s)", (seed) => {
  const ends = played(seed, { bestOf: 3, stocks: 1 }).filter((event) => event.kind === "end");
  expect(ends.map(({ stocks }) => Math.max(...stocks))).toEqual(ends.map(() => 1));
});

test("a game ends with the stocks of one side used up, and the picture stands for a moment", () => {
  const events = played("end", { bestOf: 1, stocks: 1 });
  const end = events.at(-1);
  if (end?.kind !== "end") throw new Error("a fight ends with an end");
  expect([end.method, Math.min(...end.stocks), Math.max(...end.stocks)]).toEqual(["stocks", 0, 1]);
  const dead = events.filter((event) => event.kind === "frame" && event.fighters.some(({ stocks }) => stocks === 0));
  expect(dead.length).toBeGreaterThan(30);
});
