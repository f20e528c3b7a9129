import { sayBudget, sayWhatIsLeft } from "../limits/headers.ts";
import type { Standing } from "../limits/limit.ts";
import type { JsonAnswer } from "./answer.ts";
import { REQUEST_ID } from "./request-scope.ts";

/**
 * Writes answers that all have the same headers, but for the name of the request and how much is left of its budget. A
 * Response copies the Headers it is made with, which is cheaper than reading them out of an object or setting them
 * afterwards, so that one set of them serves all.
 */
export class Letterhead {
  readonly #plain: Headers;
  readonly #counted: Headers;
  // What nearly all answers are made with; a status that is left out is 200.
  readonly #plainly: ResponseInit;
  readonly #countedly: ResponseInit;
  /** Of whose budget `#counted` speaks; null: of nobody's yet. */
  #budget: Standing | null = null;

  constructor(common: Headers) {
    this.#plain = new Headers(common);
    this.#counted = new Headers(common);
    this.#plainly = { headers: this.#plain };
    this.#countedly = { headers: this.#counted };
  }

  /** `standing`: of a request that was allowed; null: there is nothing to say of it. */
  write({ status, body }: JsonAnswer, id: string, standing: Standing | null): Response {
    const headers = standing === null ? this.#plain : this.#counted;
    if (standing !== null) this.#count(standing);
    if (id === "") headers.delete(REQUEST_ID);
    else headers.set(REQUEST_ID, id);
    if (status !== 200) return new Response(body, { status, headers });
    return new Response(body, standing === null ? this.#plainly : this.#countedly);
  }

  #count(standing: Standing): void {
    const was = this.#budget;
    const isAsBefore =
      was?.name === standing.name && was.limit === standing.limit && was.windowMs === standing.windowMs;
    if (!isAsBefore) sayBudget(this.#counted, standing);
    this.#budget = standing;
    sayWhatIsLeft(this.#counted, standing);
  }
}
