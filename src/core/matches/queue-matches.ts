import type { Place } from "../../ports/queue-records.ts";
import type { Caller } from "../access/caller.ts";
import type { Entitlements } from "../credentials/entitlements.ts";
import { provisoAgainst, type Opponents } from "../credentials/opponents.ts";
import { opponentOf } from "./players.ts";

/** How long whoever was told of a match that plays counts as being in it, in ms. */
const PLAYING_MS = 10 * 60_000;

export interface QueueMatchesDeps {
  readonly entitlements: Pick<Entitlements, "markWhile">;
  /** Null where tokens are not looked at: nobody can be told from anybody. */
  readonly opponents: Pick<Opponents, "acts"> | null;
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
   * store has failed; never rejects.
   */
  async joined({ subject }: Pick<Caller, "subject">, place: Place): Promise<void> {
    const { entitlements, opponents } = this.#deps;
    if (subject === null || opponents === null) return;
    const { entry, match } = place;
    const isPlaying = match?.status === "playing";
    if (!isPlaying && entry.status !== "waiting") return;
    const acts = opponents.acts(subject, entry.queueId);
    // Nobody who waits asks for anything yet.
    if (!isPlaying) return;
    await Promise.all([
      acts,
      entitlements.markWhile(provisoAgainst(opponentOf(match, entry.queueId).queueId), subject, PLAYING_MS),
    ]);
  }

  /** The same of one who asks how its entry stands. An operator, who may ask after any, plays none by that. */
  async told(caller: Pick<Caller, "subject" | "may">, place: Place): Promise<void> {
    if (caller.subject !== null && !caller.may("admin")) await this.joined(caller, place);
  }
}
