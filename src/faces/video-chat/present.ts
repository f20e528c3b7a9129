import type { PairingCounts } from "../../core/matchmaking/types.ts";
import type { Ticket } from "../../ports/tickets.ts";
import type { Gender, Profile } from "./schema.ts";

/** What goes from one partner to the other: the event and its argument. */
export interface Relayed {
  readonly event: string;
  readonly message: unknown;
}

/** The profile a ticket of this face carries. */
export function profileOf(ticket: Ticket): Profile {
  return ticket.attributes as Profile;
}

export function waiting(position: number) {
  return { queuePosition: position };
}

export function matched(partner: Ticket, initiator: boolean) {
  const { name, age } = profileOf(partner);
  return { partner: { name, age }, initiator };
}

/** `from` is the sender's socket id. */
export function signal(field: string, value: unknown, from: string) {
  return { [field]: value, from };
}

/** `from` is the sender's name, `timestamp` in ms. */
export function chat(message: string, from: string, timestamp: number) {
  return { message, from, timestamp };
}

export function stats({ users, matches, waiting: queued }: PairingCounts) {
  const queues: Record<Gender, number> = { male: queued["male"] ?? 0, female: queued["female"] ?? 0 };
  return { totalUsers: users, activeMatches: matches, queues };
}

/** This face's part of `GET /health`. */
export function health(counts: PairingCounts) {
  const { totalUsers, activeMatches, queues } = stats(counts);
  return { activeUsers: totalUsers, activeMatches, maleQueue: queues.male, femaleQueue: queues.female };
}
