import type { Bounds, Check, Violation } from "../check.ts";
import type { History, Of } from "../history.ts";
import { by, type Span } from "../windows.ts";

/** 1. No ticket in two matches, no host in two live allocations. */
export const claims: Check = (history, bounds) => [...twice(history), ...shared(history, bounds)];

function twice(history: History): Violation[] {
  const found: Violation[] = [];
  for (const [ticket, said] of by(history.of("matched"), ({ queue, ticket }) => `${queue} ${ticket}`)) {
    const matches = new Set(said.map(({ match }) => match));
    if (matches.size > 1) {
      found.push({ invariant: 1, what: `${ticket} is in ${matches.size} matches`, proof: said });
    }
  }
  for (const [match, said] of by(history.of("matched"), ({ queue, match }) => `${queue} ${match}`)) {
    const tickets = new Set(said.map(({ ticket }) => ticket));
    if (tickets.size > 2) found.push({ invariant: 1, what: `${match} has ${tickets.size} tickets`, proof: said });
  }
  return found;
}

/** Servers count in whole milliseconds: what begins late in one and ends early in another lasts almost one less. */
const CLOCK_MS = 1;

/** Two claims that were surely less than an allocation apart, with nothing between that could have ended the first. */
function shared(history: History, { allocationMs, hostLeaseMs }: Bounds): Violation[] {
  const found: Violation[] = [];
  const freed = by(history.of("freed"), ({ host }) => host);
  const beats = by(history.of("beat"), ({ who }) => who);
  const forgot = history.of("forgot");
  for (const [host, all] of by(history.of("allocated"), ({ host }) => host)) {
    const claimed = all.toSorted((a, b) => a.at - b.at);
    for (const [at, later] of claimed.entries()) {
      const earlier = claimed[at - 1];
      if (earlier === undefined || farthest(earlier, later) > allocationMs - CLOCK_MS) continue;
      const [from, to] = [Math.min(earlier.askedAt, later.askedAt), later.at];
      const ended = (freed.get(host) ?? []).some((one) => one.askedAt <= to && one.until >= from);
      const lost = forgot.some((one) => one.since <= to && one.at >= from);
      if (!ended && !lost && !mayHaveLapsed(beats.get(host) ?? [], { from, to }, hostLeaseMs)) {
        found.push({ invariant: 1, what: `${host} was given away twice`, proof: [earlier, later] });
      }
    }
  }
  return found;
}

/** With its lease goes the allocation: two beats that may have taken effect more than a lease apart end both. */
function mayHaveLapsed(beats: readonly Of<"beat">[], { from, to }: Span, leaseMs: number): boolean {
  const done = beats.filter(({ fate }) => fate === "done");
  return done.some((one, at) => {
    const next = done[at + 1]?.at ?? to;
    return next - one.askedAt >= leaseMs && one.askedAt + leaseMs <= to && next >= from;
  });
}

const farthest = (a: Of<"allocated">, b: Of<"allocated">): number => Math.max(a.at - b.askedAt, b.at - a.askedAt);
