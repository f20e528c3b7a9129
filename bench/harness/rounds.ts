/** What one measurement saw, by the name of the figure. */
export type Figures = Readonly<Record<string, number>>;

/** A server has refused some of what it was asked, because it could not answer in time. */
export class Refused extends Error {}

/** How often one contender is measured in a round until nothing is refused. */
const TRIES = 3;

/** All samples of a figure of a contender, one a round. */
export interface Samples<Contender extends string> {
  of(contender: Contender, figure: string): number[];
  /** The largest over all contenders and rounds. */
  most(figure: string): number;
}

/**
 * The first seconds of a program are the compiler's: what it refuses meanwhile is none of its figures. `times`: more, where
 * there is much to compile.
 */
export async function warmUp(contenders: Readonly<Record<string, () => Promise<Figures>>>, times = 1): Promise<void> {
  for (const measure of Array.from({ length: times }, () => Object.values(contenders)).flat()) {
    await measure().catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
    });
  }
}

/**
 * A machine that stands still for a moment makes every server late, and ours refuses what comes too late: it is measured
 * again. Whoever cannot carry the load refuses each time.
 */
async function unrefused(measure: () => Promise<Figures>): Promise<Figures> {
  for (let tries = 1; ; tries++) {
    try {
      return await measure();
    } catch (error) {
      if (!(error instanceof Refused) || tries === TRIES) throw error;
    }
  }
}

/**
 * Measures every contender once a round, in turn: whatever the machine does meanwhile befalls all of them. The order
 * turns with each round, so that nobody always comes after the same one.
 */
export async function inRounds<Contender extends string>(
  rounds: number,
  contenders: Readonly<Record<Contender, () => Promise<Figures>>>,
): Promise<Samples<Contender>> {
  const names = Object.keys(contenders) as Contender[];
  const seen = new Map<Contender, Figures[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length]!;
      seen.get(name)!.push(await unrefused(contenders[name]));
    }
  }
  const figure = (figures: Figures, name: string): number => {
    const value = figures[name];
    if (value === undefined) throw new Error(`no figure ${name} among ${Object.keys(figures).join(", ")}`);
    return value;
  };
  return {
    of: (contender, name) => seen.get(contender)!.map((figures) => figure(figures, name)),
    most: (name) => Math.max(...[...seen.values()].flat().map((figures) => figures[name] ?? 0)),
  };
}

/** The middle one. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The median of the ratios of each round. */
export function ratio(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length) throw new Error(`${ours.length} samples against ${theirs.length}`);
  return median(ours.map((sample, round) => sample / theirs[round]!));
}
