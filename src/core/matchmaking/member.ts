import type { Timer } from "../../ports/clock.ts";
import type { Match, Ticket } from "../../ports/tickets.ts";
import { Lane, type LaneRules } from "./lane.ts";
import { noPartings, type Partings } from "./partings.ts";
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

/**
 * Somebody who has joined, on this node. Everything about a member happens in its lane, which it is itself: of what
 * everybody keeps who waits, each further object is memory that each pairing has to reach, and each collection to mark.
 */
export class Member extends Lane {
  readonly id: string;
  wish: Wish;
  phase: Phase = idle;
  /** Grows with every phase it comes into, so that what comes late can tell whether it is still meant. */
  moves = 0;
  /** When it came into its phase, in ms. */
  since: number;
  timer: Timer | null = null;
  /** Its newest ticket's number; news of an older ticket come too late. */
  entry = 0;
  /** Since when it has wanted somebody to meet, in ms; null while it has somebody, or wants nobody. */
  wantsSince: number | null = null;
  partings: Partings = noPartings;
  /** What it has relayed to another node that has not said yet whether it was taken. */
  unanswered = 0;

  constructor(rules: LaneRules, id: string, wish: Wish, now: number) {
    super(rules);
    this.id = id;
    this.wish = wish;
    this.since = now;
  }

  /** Leaves the phase before, whose timer no longer counts. */
  enter(phase: Phase, now: number): void {
    this.timer?.cancel();
    this.timer = null;
    this.phase = phase;
    this.moves++;
    this.since = now;
  }
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
