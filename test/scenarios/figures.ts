/** Prints one line of a scenario's figures. */
export function print(scenario: string, about: string, figures: string): void {
  console.log(`${scenario} (${about}): ${figures}`);
}

/** The value that so many of 100 do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  if (values.length === 0) return 0;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))]!;
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
export const millis = (ms: number): string => `${Math.round(ms)} ms`;
export const count = (n: number): string => n.toLocaleString("en");

/** A source of chance that a seed repeats: each call gives an integer from 0 to below `bound`. */
export function seeded(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

/** SCENARIO_SEED repeats what a run has printed. */
export function chooseSeed(): number {
  return Number(process.env["SCENARIO_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
}
