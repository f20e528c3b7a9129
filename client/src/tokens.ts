/** Tokens are fetched anew so long before they end, in ms. */
const EARLY_MS = 30_000;

/** Hands out a token; asked again when the last one is about to end, or was refused. */
export type TokenProvider = () => string | Promise<string>;

/** The token in use. */
export class Tokens {
  readonly #provide: TokenProvider | undefined;
  #token: Promise<string> | null = null;
  #endsAt = Infinity;

  constructor(provide: TokenProvider | undefined) {
    this.#provide = provide;
  }

  /** Null: calls go without a token. Rejects as the provider does. */
  async get(): Promise<string | null> {
    if (this.#provide === undefined) return null;
    if (this.#token === null || Date.now() > this.#endsAt - EARLY_MS) {
      // Whoever asks meanwhile gets the same one.
      const token = Promise.resolve(this.#provide());
      this.#token = token;
      this.#endsAt = Infinity;
      try {
        this.#endsAt = endOf(await token);
      } catch (error) {
        if (this.#token === token) this.#token = null;
        throw error;
      }
    }
    return this.#token;
  }

  /** The last token is not good. Returns whether there may be another one. */
  forget(): boolean {
    this.#token = null;
    return this.#provide !== undefined;
  }
}

/** When a JWT ends, in ms since 1970. Other tokens do not say. */
function endOf(token: string): number {
  try {
    const claims = token.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/");
    const { exp } = JSON.parse(atob(claims)) as { exp?: number };
    return exp === undefined ? Infinity : exp * 1000;
  } catch {
    return Infinity;
  }
}
