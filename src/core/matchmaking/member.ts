import type { Timer } from "../../ports/clock.ts";
import type { Match, Ticket } from "../../ports/tickets.ts";
import type { Lane } from "./lane.ts";
import type { Partings } from "./partings.ts";
import type { Wish } from "./types.ts";

/** Where a member stands. */
export type Phase =
  | { readonly name: "idle" }
  | { readonly name: "waiting" }
  | { readonly name: "matched"; readonly match: Match }
  /** The partner has gone; queued again in a moment. */
  | { readonly name: "resting" };

/** Those that say nothing but their name: the same for all, since everybody who waits is in one. */
export const idle: Phase = { name: "idle" };
export const waiting: Phase = { name: "waiting" };
export const resting: Phase = { name: "resting" };

/** Somebody who has joined, on this node. Everything about a member happens in its lane. */
export interface Member {
  readonly id: string;
  readonly lane: Lane;
  partings: Partings;
  /** Its newest ticket's number; news of an older ticket come too late. */
  entry: number;
  wish: Wish;
  phase: Phase;
  /** Grows with every phase it comes into, so that what comes late can tell whether it is still meant. */
  moves: number;
  /** When it came into its phase, in ms. */
  since: number;
  now(): number;
  timer: Timer | null;
  /** Since when it has wanted somebody to meet, in ms; null while it has somebody, or wants nobody. */
  wantsSince: number | null;
  /** What it has relayed to another node that has not said yet whether it was taken. */
  unanswered: number;
}

/** Leaves the phase before, whose timer no longer counts. */
export function enter(member: Member, phase: Phase): void {
  member.timer?.cancel();
  member.timer = null;
  member.phase = phase;
  member.moves++;
  member.since = member.now();
}

export function isIn(member: Member, match: Match): boolean {
  return member.phase.name === "matched" && member.phase.match.id === match.id;
}

export function ticketIn(match: Match, id: string): Ticket {
  return match.earlier.id === id ? match.earlier : match.later;
}

export function partnerIn(match: Match, id: string): Ticket {
  return match.earlier.id === id ? match.later : match.earlier;
}
