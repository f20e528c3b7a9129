import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { Match, Ticket, Tickets } from "../../ports/tickets.ts";
import { createLine, type Line, type Place } from "./line.ts";

/** A ticket that waits. */
interface Waiting {
  readonly ticket: Ticket;
  /** Grows with every placing; tells who of two came into line first. */
  readonly arrival: number;
  readonly line: Line<Waiting>;
}

/** Waiting lines and matches in this process. Each verb runs to its end without giving way, which makes it one step. */
export function createMemoryTickets(deps: { readonly clock: Clock; readonly random: Random }): Tickets {
  const { clock, random } = deps;
  const waiting = new Map<string, Place<Waiting>>();
  const lines = new Map<string, Line<Waiting>>();
  const matches = new Map<string, Match>();
  const matchOfTicket = new Map<string, Match>();
  const waitingBySide = createTally();
  const matchesByQueue = createTally();
  let arrivals = 0;

  const stand = (ticket: Ticket): void => {
    const key = keyOf(ticket.queue, ticket.side, ticket.seeks);
    let line = lines.get(key);
    if (line === undefined) lines.set(key, (line = createLine()));
    waiting.set(ticket.id, line.append({ ticket, arrival: arrivals++, line }));
    waitingBySide.add(ticket.queue, ticket.side, 1);
  };

  const stepOut = (place: Place<Waiting>): void => {
    const { ticket, line } = place.value;
    line.remove(place);
    if (line.size === 0) lines.delete(keyOf(ticket.queue, ticket.side, ticket.seeks));
    waiting.delete(ticket.id);
    waitingBySide.add(ticket.queue, ticket.side, -1);
  };

  /** Whoever seeks this ticket's side stands in one line, so only avoided ones are looked past. */
  const findPartner = (ticket: Ticket): Place<Waiting> | null => {
    const now = clock.now();
    for (const place of lines.get(keyOf(ticket.queue, ticket.seeks, ticket.side)) ?? []) {
      const other = place.value.ticket;
      if (other.id !== ticket.id && !avoids(ticket, other.id, now) && !avoids(other, ticket.id, now)) return place;
    }
    return null;
  };

  const joinUp = (earlier: Ticket, later: Ticket): Match => {
    const match: Match = { id: random.uuid(), queue: later.queue, earlier, later, madeAt: clock.now() };
    matches.set(match.id, match);
    matchOfTicket.set(earlier.id, match);
    matchOfTicket.set(later.id, match);
    matchesByQueue.add(match.queue, "", 1);
    return match;
  };

  return {
    async place(ticket) {
      if (matchOfTicket.has(ticket.id)) return null;
      const before = waiting.get(ticket.id);
      if (before !== undefined) stepOut(before);
      const partner = findPartner(ticket);
      if (partner === null) {
        stand(ticket);
        return { status: "waiting", position: waitingBySide.get(ticket.queue, ticket.side) };
      }
      stepOut(partner);
      return { status: "matched", match: joinUp(partner.value.ticket, ticket) };
    },

    async reconsider(id) {
      const own = waiting.get(id);
      const partner = own === undefined ? null : findPartner(own.value.ticket);
      if (own === undefined || partner === null) return null;
      stepOut(own);
      stepOut(partner);
      const [earlier, later] = own.value.arrival < partner.value.arrival ? [own, partner] : [partner, own];
      return joinUp(earlier.value.ticket, later.value.ticket);
    },

    async withdraw(id) {
      const place = waiting.get(id);
      if (place !== undefined) stepOut(place);
      return place !== undefined;
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
      matchesByQueue.add(match.queue, "", -1);
      return match;
    },

    async counts(queue) {
      return { waiting: waitingBySide.of(queue), matches: matchesByQueue.get(queue, "") };
    },
  };
}

/** Unlike plain joining, no name can be chosen so that two keys run into one. */
function keyOf(...parts: string[]): string {
  return JSON.stringify(parts);
}

function avoids(ticket: Ticket, id: string, now: number): boolean {
  return ticket.avoid.some((one) => one.id === id && now < one.until);
}

/** Numbers by queue and side; those at zero take no room. */
function createTally() {
  const queues = new Map<string, Map<string, number>>();
  return {
    get: (queue: string, side: string): number => queues.get(queue)?.get(side) ?? 0,
    of: (queue: string): Record<string, number> => Object.fromEntries(queues.get(queue) ?? []),
    add(queue: string, side: string, by: number): void {
      let sides = queues.get(queue);
      if (sides === undefined) queues.set(queue, (sides = new Map()));
      const count = (sides.get(side) ?? 0) + by;
      if (count !== 0) sides.set(side, count);
      else if (sides.delete(side) && sides.size === 0) queues.delete(queue);
    },
  };
}
