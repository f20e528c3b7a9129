import type { Place } from "../../ports/queue-records.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Caller } from "../access/caller.ts";
import type { Entitlements } from "../credentials/entitlements.ts";
import { provisoAgainst, type Opponents } from "../credentials/opponents.ts";
import { MATCH_SILENCE_MS } from "./matches.ts";
import { opponentOf } from "./players.ts";

/** How long whoever was told of a match that plays counts as being in it, in ms. */
const PLAYING_MS = 10 * 60_000;

/**
 * How long it is known who acts for an entry that waits, in ms: whoever joins asks every few seconds how it stands, and one
 * that does not is noted once it is told of its match.
 */
const WAITING_MS = 60_000;

/** How long an answer waits for the store, in ms: one that is silent must hold up nobody who plays. */
const PATIENCE_MS = 250;

export interface QueueMatchesDeps {
  readonly entitlements: Pick<Entitlements, "markWhile">;
  /** Null where tokens are not looked at: nobody can be told from anybody. */
  readonly opponents: Pick<Opponents, "acts"> | null;
  readonly clock: Pick<Clock, "after">;
}

/**
 * Who is matched by the arena's queue: whoever was told of a match that plays, as long as somebody of another subject acts
 * for the other side. Which of them is told first does not matter.
 */
export class QueueMatches {
  readonly #deps: QueueMatchesDeps;

  constructor(deps: QueueMatchesDeps) {
    this.#deps = deps;
  }

  /**
   * The caller has joined, and is told where that has led. Fulfilled when a match it is in counts on every node, or the
   * store has failed or is slow; never rejects. Undefined: there is nothing to wait for.
   */
  joined({ subject }: Pick<Caller, "subject">, place: Place): Promise<void> | undefined {
    const { entitlements, opponents } = this.#deps;
    if (subject === null || opponents === null) return undefined;
    const { entry, match } = place;
    if (match?.status === "playing") {
      const against = provisoAgainst(opponentOf(match, entry.queueId).queueId);
      return this.#withPatience([
        opponents.acts(subject, entry.queueId, MATCH_SILENCE_MS),
        entitlements.markWhile(against, subject, PLAYING_MS),
      ]);
    }
    // Nobody who waits asks for anything yet.
    if (entry.status === "waiting") void opponents.acts(subject, entry.queueId, WAITING_MS);
    return undefined;
  }

  /** The same of one who asks how its entry stands. An operator, who may ask after any, plays none by that. */
  told(caller: Pick<Caller, "subject" | "may">, place: Place): Promise<void> | undefined {
    return caller.subject === null || caller.may("admin") ? undefined : this.joined(caller, place);
  }

  #withPatience(noted: readonly Promise<unknown>[]): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#deps.clock.after(PATIENCE_MS, resolve);
    void Promise.all(noted).then(() => {
      timer.cancel();
      resolve();
    });
    return promise;
  }
}
