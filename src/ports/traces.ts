/** What work belongs to, where somebody follows it through all nodes. */
export interface Traces {
  /** What the work that is being done belongs to, as text for another node; null where nobody follows it. */
  current(): string | null;
  /** Does work that came from another node as a part of what it belongs to there. `what`: one of few names. */
  within<Result>(parent: string, what: string, work: () => Result): Result;
}

/** Nobody follows anything. */
export const noTraces: Traces = { current: () => null, within: (_parent, _what, work) => work() };
