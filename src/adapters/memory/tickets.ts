import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import { MOST_PASSED, type Match, type Ticket, type Tickets } from "../../ports/tickets.ts";
import { createLine, type Line, type Standing } from "./line.ts";

/** How many tickets of a node are handed out at once. */
const PAGE = 500;

/**
 * A ticket that waits, in one object with its place in line: of what a hundred thousand keep who wait, each further one
 * is memory that whoever meets them has to reach, and each collection to mark.
 */
interface Waiting extends Ticket, Standing<Waiting> {
  /** When it was placed, in ms. */
  readonly since: number;
  /** Grows with every placing; tells who of two came into line first. */
  readonly arrival: number;
  readonly line: Line<Waiting>;
}

/** Those on one side of the queue. */
interface Side {
  waiting: number;
  /** A line for each side that they seek. */
  readonly lines: Map<string, Line<Waiting>>;
}

/** The waiting lines and matches of one queue in this process. Each verb runs to its end without giving way, which makes it one step. */
export function createMemoryTickets(deps: { readonly clock: Clock; readonly random: Random }): Tickets {
  const { clock, random } = deps;
  const waiting = new Map<string, Waiting>();
  const sides = new Map<string, Side>();
  const matches = new Map<string, Match>();
  const matchOfTicket = new Map<string, Match>();
  let arrivals = 0;

  /** Its position. */
  const stand = ({ id, entry, node, side, seeks, attributes, avoid }: Ticket, since: number): number => {
    let its = sides.get(side);
    if (its === undefined) sides.set(side, (its = { waiting: 0, lines: new Map() }));
    let line = its.lines.get(seeks);
    if (line === undefined) its.lines.set(seeks, (line = createLine()));
    // Spelled out: what is spread into an object takes a second one to hold it.
    const one: Waiting = {
      id,
      entry,
      node,
      side,
      seeks,
      attributes,
      avoid,
      since,
      arrival: arrivals++,
      line,
      previous: null,
      next: null,
    };
    line.append(one);
    waiting.set(id, one);
    return ++its.waiting;
  };

  const stepOut = (one: Waiting): void => {
    const { id, side, seeks, line } = one;
    line.remove(one);
    waiting.delete(id);
    const its = sides.get(side)!;
    if (line.size === 0) its.lines.delete(seeks);
    if (--its.waiting === 0) sides.delete(side);
  };

  /** Whoever seeks this ticket's side stands in one line, so only avoided ones are looked past. */
  const findPartner = (ticket: Ticket, since: number, now: number): Waiting | null => {
    let passed = 0;
    let other = sides.get(ticket.seeks)?.lines.get(ticket.side)?.first ?? null;
    for (; other !== null; other = other.next) {
      // One that looks again may come upon itself.
      if (other === ticket) continue;
      if (!avoids(ticket, since, other.id, now) && !avoids(other, other.since, ticket.id, now)) return other;
      if (++passed === MOST_PASSED) break;
    }
    return null;
  };

  const joinUp = (earlier: Ticket, later: Ticket, madeAt: number): Match => {
    const match: Match = { id: random.uuid(), earlier, later, madeAt };
    matches.set(match.id, match);
    matchOfTicket.set(earlier.id, match);
    matchOfTicket.set(later.id, match);
    return match;
  };

  return {
    async place(ticket) {
      if (matchOfTicket.has(ticket.id)) return null;
      const before = waiting.get(ticket.id);
      if (before !== undefined) stepOut(before);
      const now = clock.now();
      const partner = findPartner(ticket, now, now);
      if (partner === null) return { status: "waiting", position: stand(ticket, now) };
      stepOut(partner);
      return { status: "matched", match: joinUp(ticketOf(partner), ticket, now) };
    },

    async reconsider(id) {
      const own = waiting.get(id);
      const now = clock.now();
      const partner = own === undefined ? null : findPartner(own, own.since, now);
      if (own === undefined || partner === null) return null;
      stepOut(own);
      stepOut(partner);
      const [earlier, later] = own.arrival < partner.arrival ? [own, partner] : [partner, own];
      return joinUp(ticketOf(earlier), ticketOf(later), now);
    },

    async withdraw(id, entry) {
      const one = waiting.get(id);
      if (one === undefined || (entry !== undefined && one.entry !== entry)) return false;
      stepOut(one);
      return true;
    },

    async matchOf(id) {
      return matchOfTicket.get(id) ?? null;
    },

    async end(matchId) {
      const match = matches.get(matchId);
      if (match === undefined) return null;
      matches.delete(matchId);
      matchOfTicket.delete(match.earlier.id);
      matchOfTicket.delete(match.later.id);
      return match;
    },

    async *ofNode(node) {
      const matched = [...matches.values()].flatMap(({ earlier, later }) => [earlier, later]);
      const all = [...waiting.values(), ...matched];
      const its = all.filter((ticket) => ticket.node === node).map(({ id, entry }) => ({ id, entry }));
      for (let at = 0; at < its.length; at += PAGE) yield its.slice(at, at + PAGE);
    },

    async counts() {
      return {
        waiting: Object.fromEntries(Array.from(sides, ([side, { waiting }]) => [side, waiting])),
        matches: matches.size,
      };
    },
  };
}

/** Without its place in line, and those next to it there. */
function ticketOf({ id, entry, node, side, seeks, attributes, avoid }: Waiting): Ticket {
  return { id, entry, node, side, seeks, attributes, avoid };
}

function avoids({ avoid }: Ticket, since: number, id: string, now: number): boolean {
  for (const one of avoid) if (one.id === id && now < since + one.forMs) return true;
  return false;
}
