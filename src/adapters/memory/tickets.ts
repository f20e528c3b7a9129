import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import { MOST_PASSED, type Match, type Ticket, type Tickets } from "../../ports/tickets.ts";
import { createLine, type Line, type Standing } from "./line.ts";

/** How many tickets of a node are handed out at once. */
const PAGE = 500;

/** A ticket that waits. */
interface Waiting extends Standing<Waiting> {
  readonly ticket: Ticket;
  /** When it was placed, in ms. */
  readonly since: number;
  /** Grows with every placing; tells who of two came into line first. */
  readonly arrival: number;
  readonly line: Line<Waiting>;
}

/** The waiting lines and matches of one queue in this process. Each verb runs to its end without giving way, which makes it one step. */
export function createMemoryTickets(deps: { readonly clock: Clock; readonly random: Random }): Tickets {
  const { clock, random } = deps;
  const waiting = new Map<string, Waiting>();
  const lines = new Map<string, Line<Waiting>>();
  const matches = new Map<string, Match>();
  const matchOfTicket = new Map<string, Match>();
  const waitingBySide = new Map<string, number>();
  let arrivals = 0;

  const count = (side: string, by: number): number => {
    const now = (waitingBySide.get(side) ?? 0) + by;
    if (now === 0) waitingBySide.delete(side);
    else waitingBySide.set(side, now);
    return now;
  };

  /** Its position. */
  const stand = (ticket: Ticket): number => {
    const key = keyOf(ticket.side, ticket.seeks);
    let line = lines.get(key);
    if (line === undefined) lines.set(key, (line = createLine()));
    const one: Waiting = { ticket, since: clock.now(), arrival: arrivals++, line, previous: null, next: null };
    line.append(one);
    waiting.set(ticket.id, one);
    return count(ticket.side, 1);
  };

  const stepOut = (one: Waiting): void => {
    const { ticket, line } = one;
    line.remove(one);
    if (line.size === 0) lines.delete(keyOf(ticket.side, ticket.seeks));
    waiting.delete(ticket.id);
    count(ticket.side, -1);
  };

  /** Whoever seeks this ticket's side stands in one line, so only avoided ones are looked past. */
  const findPartner = (ticket: Ticket, since: number): Waiting | null => {
    const now = clock.now();
    let passed = 0;
    for (const other of lines.get(keyOf(ticket.seeks, ticket.side)) ?? []) {
      if (other.ticket.id === ticket.id) continue;
      if (!avoids(ticket, since, other.ticket.id, now) && !avoids(other.ticket, other.since, ticket.id, now))
        return other;
      if (++passed === MOST_PASSED) break;
    }
    return null;
  };

  const joinUp = (earlier: Ticket, later: Ticket): Match => {
    const match: Match = { id: random.uuid(), earlier, later, madeAt: clock.now() };
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
      const partner = findPartner(ticket, clock.now());
      if (partner === null) return { status: "waiting", position: stand(ticket) };
      stepOut(partner);
      return { status: "matched", match: joinUp(partner.ticket, ticket) };
    },

    async reconsider(id) {
      const own = waiting.get(id);
      const partner = own === undefined ? null : findPartner(own.ticket, own.since);
      if (own === undefined || partner === null) return null;
      stepOut(own);
      stepOut(partner);
      const [earlier, later] = own.arrival < partner.arrival ? [own, partner] : [partner, own];
      return joinUp(earlier.ticket, later.ticket);
    },

    async withdraw(id, entry) {
      const one = waiting.get(id);
      if (one === undefined || (entry !== undefined && one.ticket.entry !== entry)) return false;
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
      const all = [...[...waiting.values()].map(({ ticket }) => ticket), ...matched];
      const its = all.filter((ticket) => ticket.node === node).map(({ id, entry }) => ({ id, entry }));
      for (let at = 0; at < its.length; at += PAGE) yield its.slice(at, at + PAGE);
    },

    async counts() {
      return { waiting: Object.fromEntries(waitingBySide), matches: matches.size };
    },
  };
}

/** Unlike plain joining, no name can be chosen so that two keys run into one. */
function keyOf(...parts: string[]): string {
  return JSON.stringify(parts);
}

function avoids(ticket: Ticket, since: number, id: string, now: number): boolean {
  return ticket.avoid.some((one) => one.id === id && now < since + one.forMs);
}
