import { median, ratio } from "./rounds.ts";
import { GENERATOR_MOST, short, type Measured } from "./table.ts";
import type { Row, Target } from "./work.ts";

/** How much worse than the kept one a ratio may be, and a count, which hardly moves by itself. */
export const WORSE_MOST = { ratio: 0.25, count: 0.1 } as const;

/** How often what looks worse is measured before it is believed. */
const TRIES = 3;

/** Something that has become worse than it was when it was kept. */
export interface Regression {
  readonly work: string;
  /** The row, and the rival where it is a ratio. */
  readonly what: string;
  /** In words. */
  readonly why: string;
}

/** One figure that is compared: a ratio with a target, which says in which direction it is worse, or a count. */
interface Figure {
  readonly what: string;
  readonly kind: keyof typeof WORSE_MOST;
  readonly value: number;
  readonly better: "higher" | "lower";
  readonly generator: number;
}

/**
 * What of the works that were measured has become worse. A figure that was kept and is not there any more counts, too: a
 * row that vanished cannot become worse. So does one whose load was the bottleneck: nobody knows what it would be. What
 * is new is compared once it is kept.
 */
export function regressions(kept: readonly Measured[], works: readonly Measured[]): Regression[] {
  return works.flatMap((work) => {
    const before = kept.find(({ name }) => name === work.name);
    if (before === undefined) return [];
    const now = new Map(figuresOf(work.rows).map((figure) => [figure.what, figure]));
    return figuresOf(before.rows).flatMap((was) => {
      const why = whyWorse(was, now.get(was.what));
      return why === null ? [] : [{ work: work.name, what: was.what, why }];
    });
  });
}

/** Kept works that there are no more, where all of them were measured. */
export function vanishedWorks(kept: readonly Measured[], works: readonly Measured[]): Regression[] {
  const names = new Set(works.map(({ name }) => name));
  return kept
    .filter(({ name }) => !names.has(name))
    .map(({ name, title }) => ({ work: name, what: title, why: "is measured no more" }));
}

/**
 * What has become worse, for certain: a work in which something looks worse is measured again, up to three times in all,
 * and only what is worse each time is returned. A busy machine is not busy in the same place three times; a slower server
 * is.
 */
export async function confirmedRegressions(
  kept: readonly Measured[],
  measured: readonly Measured[],
  measureAgain: (work: string) => Promise<Measured>,
): Promise<Regression[]> {
  let worse = regressions(kept, measured);
  for (let tries = 1; tries < TRIES && worse.length > 0; tries++) {
    const again: Measured[] = [];
    for (const work of new Set(worse.map((one) => one.work))) again.push(await measureAgain(work));
    const before = new Set(worse.map(keyOf));
    worse = regressions(kept, again).filter((one) => before.has(keyOf(one)));
  }
  return worse;
}

function keyOf({ work, what }: Regression): string {
  return `${work} / ${what}`;
}

function whyWorse(was: Figure, now: Figure | undefined): string | null {
  if (now === undefined) return "is measured no more";
  if (now.generator > GENERATOR_MOST)
    return `the load's generator used ${Math.round(now.generator * 100)} % of its core`;
  const most = WORSE_MOST[was.kind];
  // Written so that a value that is no number at all is worse.
  const isFine = now.better === "higher" ? now.value >= was.value * (1 - most) : now.value <= was.value * (1 + most);
  return isFine ? null : `${short(now.value)}; kept: ${short(was.value)}`;
}

function figuresOf(rows: readonly Row[]): Figure[] {
  return rows.flatMap((row) => {
    const { what, generator } = row;
    const ratios = row.against.flatMap(({ name, samples, target }): Figure[] =>
      target === undefined
        ? []
        : [
            {
              what: `${what} / ${name}`,
              kind: "ratio",
              value: ratio(row.ours, samples),
              better: betterBy(target),
              generator,
            },
          ],
    );
    if (row.isCount !== true) return ratios;
    return [{ what, kind: "count", value: median(row.ours), better: "lower", generator }, ...ratios];
  });
}

function betterBy(target: Target): Figure["better"] {
  return "atLeast" in target ? "higher" : "lower";
}
