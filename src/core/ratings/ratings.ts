import type { Page } from "../../ports/page.ts";
import type { AgentRating, RatingChange, RatingRecords } from "../../ports/rating-records.ts";
import { DomainError } from "../errors/errors.ts";

/** How good agents are, by the matches they played here. */
export class Ratings {
  readonly #ratings: RatingRecords;

  constructor({ ratings }: { readonly ratings: RatingRecords }) {
    this.#ratings = ratings;
  }

  /** Best first. */
  leaderboard(page: Page): Promise<readonly AgentRating[]> {
    return this.#ratings.leaderboard(page);
  }

  /**
   * An agent's rating and how it came about, newest first.
   *
   * @throws {DomainError} agent_not_found: no match has rated it
   */
  async get(
    agentId: bigint,
    page: Page,
  ): Promise<{ readonly rating: AgentRating; readonly history: readonly RatingChange[] }> {
    const rating = await this.#ratings.find(agentId);
    if (rating === null) throw new DomainError("agent_not_found");
    return { rating, history: await this.#ratings.history(agentId, page) };
  }
}
