import type { Clock } from "../../ports/clock.ts";
import type { MatchRecord, Player } from "../../ports/match-records.ts";
import type { Contender } from "../../ports/contender.ts";
import type { Entrant, Joined, Place, QueueRecords } from "../../ports/queue-records.ts";
import type { Random } from "../../ports/random.ts";
import { DomainError } from "../errors/errors.ts";
import { sortableUuid } from "../ids/sortable-uuid.ts";
import { Histogram, WAIT_SECONDS, type Distribution } from "../measures/histogram.ts";
import type { TicketCounts } from "../measures/outcomes.ts";
import { isId } from "./ids.ts";

/** How long an entry waits without being asked after, in ms. */
export const ENTRY_SILENCE_MS = 5 * 60_000;

/** Entries that one step of a sweep takes at most, so that no step takes long. */
const SWEEP_STEP = 500;

export interface QueueOptions {
  readonly queue: QueueRecords;
  readonly clock: Clock;
  readonly random: Random;
  /** An entry has left the queue: matched, cancelled or expired. */
  onLeft(queueId: string): void;
}

/** The queue of players who want any opponent: first come, first matched. */
export class Queue {
  readonly #options: QueueOptions;
  readonly #queue: QueueRecords;
  readonly #clock: Clock;
  readonly #counts = { formed: 0, matched: 0, cancelled: 0, expired: 0 };
  readonly #waits = new Histogram(WAIT_SECONDS);

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#queue = options.queue;
    this.#clock = options.clock;
  }

  /**
   * Meets whoever has waited longest, or waits. Cancels what the same connect code waited with before. Blanks around a
   * wallet do not count, and a wallet of nothing else is none.
   */
  async join(contender: Contender): Promise<Place> {
    const { random, onLeft } = this.#options;
    const wallet = contender.wallet?.trim() || null;
    const now = this.#clock.now();
    const { connectCode, fighterName, agentId } = contender;
    const queueId = sortableUuid(random, now);
    const matchId = sortableUuid(random, now);
    const request = { queueId, matchId, connectCode, fighterName, wallet, agentId };
    const joined = await this.#queue.join(request, now, this.#seenSince());
    const { entry, opponent, waitedMs, cancelled } = joined;
    this.#counts.formed++;
    if (cancelled !== null) this.#counts.cancelled++;
    if (waitedMs !== null) {
      this.#counts.matched += 2;
      this.#waits.observe(waitedMs / 1_000);
      // Whoever found somebody there has not waited.
      this.#waits.observe(0);
    }
    if (cancelled !== null) onLeft(cancelled);
    if (opponent !== null) onLeft(opponent);
    return { entry, match: begun(joined) };
  }

  /**
   * How an entry stands; one that waits goes on waiting, because somebody asks after it.
   *
   * @throws {DomainError} queue_entry_not_found
   */
  look(queueId: string): Promise<Place> {
    const seen = isId(queueId) ? this.#queue.see(queueId, this.#clock.now(), this.#seenSince()) : Promise.resolve(null);
    return seen.then(known);
  }

  /** The connect code that joined under this id; null for an unknown one. Keeps nothing waiting. */
  async ownerOf(queueId: string): Promise<string | null> {
    return isId(queueId) ? this.#queue.codeOf(queueId) : null;
  }

  /** False if nothing was waiting under that id. */
  async leave(queueId: string): Promise<boolean> {
    const left = isId(queueId) && (await this.#queue.cancel(queueId));
    if (left) {
      this.#counts.cancelled++;
      this.#options.onLeft(queueId);
    }
    return left;
  }

  /** Expires entries that nobody asks after, or all. Any node may do it at any time. Returns how many. */
  async sweep(which: "silent" | "all" = "silent"): Promise<number> {
    const seenBefore = which === "all" ? Number.MAX_SAFE_INTEGER : this.#seenSince();
    let expired = 0;
    for (;;) {
      const step = await this.#queue.expire(seenBefore, SWEEP_STEP);
      for (const queueId of step) this.#options.onLeft(queueId);
      expired += step.length;
      this.#counts.expired += step.length;
      // A step may come out short because an entry was seen just then, though more are left.
      if (step.length === 0) return expired;
    }
  }

  /** How many are waiting. */
  size(): Promise<number> {
    return this.#queue.waiting();
  }

  /** What has become of entries since the start, as far as this node did it, and how long the matched ones waited. */
  totals(): { readonly tickets: TicketCounts; readonly waits: Distribution } {
    return { tickets: { ...this.#counts }, waits: this.#waits.read() };
  }

  #seenSince(): number {
    return this.#clock.now() - ENTRY_SILENCE_MS;
  }
}

/** @throws {DomainError} queue_entry_not_found */
function known(place: Place | null): Place {
  if (place === null) throw new DomainError("queue_entry_not_found");
  return place;
}

/** The match that a join has led to, as it begins; null if it waits. */
function begun({ entry, match }: Joined): MatchRecord | null {
  if (match === null || entry.matchId === null) return null;
  const { p1, p2, madeAt } = match;
  return {
    id: entry.matchId,
    status: "playing",
    p1: playerOf(p1),
    p2: playerOf(p2),
    result: null,
    wager: null,
    createdAt: madeAt,
    activeAt: madeAt,
  };
}

function playerOf({ queueId, connectCode, fighterName, wallet, agentId }: Entrant): Player {
  return { queueId, connectCode, fighterName, wallet, agentId, report: null };
}
