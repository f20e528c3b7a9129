import type { History } from "./history.ts";

/** A time span, both ends in it, in ms. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** When faults were at work, each with its time to recover. A fault that was never healed lasts to the end. */
export function troubled(history: History, recoveryMs: number): readonly Span[] {
  const spans: Span[] = [];
  const open = new Map<string, number>();
  for (const event of history.events) {
    if (event.kind === "struck") open.set(event.fault, event.at);
    if (event.kind !== "healed") continue;
    spans.push({ from: open.get(event.fault) ?? event.at, to: event.at + recoveryMs });
    open.delete(event.fault);
  }
  for (const from of open.values()) spans.push({ from, to: Infinity });
  return spans;
}

export const overlap = (a: Span, b: Span): boolean => a.from <= b.to && b.from <= a.to;

/** When something that was asked for and got no answer may still be done: a node that sleeps does it on waking. */
export function latestEffect(at: number, spans: readonly Span[]): number {
  return Math.max(at, ...spans.filter(({ from, to }) => from <= at && at <= to).map(({ to }) => to));
}

/** Groups by a name. */
export function by<T>(all: readonly T[], name: (one: T) => string): Map<string, T[]> {
  return Map.groupBy(all, name);
}
