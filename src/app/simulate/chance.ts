import type { Dice } from "./game/dice.ts";

/**
 * How long until the next of things that happen by themselves, `perSecond` on average (a Poisson process), in ms.
 * Infinity for none.
 */
export function untilNext(dice: Dice, perSecond: number): number {
  return perSecond > 0 ? (-Math.log(1 - dice.next()) / perSecond) * 1_000 : Infinity;
}

/** How much lengths differ: one in six is more than twice the middle one, and one in six less than half. */
const SPREAD = 0.7;

/** How long something takes that mostly takes less, and sometimes much more, than the mean (log-normal). */
export function lasting(dice: Dice, mean: number): number {
  // Box and Muller: a standard normal deviate.
  const normal = Math.sqrt(-2 * Math.log(1 - dice.next())) * Math.cos(2 * Math.PI * dice.next());
  return mean * Math.exp(SPREAD * normal - (SPREAD * SPREAD) / 2);
}

/** One of these, each as often as its weight says. */
export function weighted<Value>(
  dice: Dice,
  values: readonly [Value, ...Value[]],
  weight: (one: Value) => number,
): Value {
  let left = dice.next() * values.reduce((sum, one) => sum + weight(one), 0);
  for (const one of values) {
    left -= weight(one);
    if (left < 0) return one;
  }
  return values[0];
}
