import type { TokenVerifier } from "../../ports/tokens.ts";
import { DomainError } from "../errors/errors.ts";
import { anyone, holderOf, stranger, type Caller } from "./caller.ts";

/** Who is let in. Built once, for every face. */
export interface Access {
  /** False in open mode: no token is asked for nor looked at. */
  readonly asks: boolean;
  /** Whoever sends no token, or is not asked for one. */
  readonly nobody: Caller;
  /**
   * Who is behind a token.
   *
   * @throws {DomainError} invalid_token, keys_unavailable
   */
  identify(token: string): Promise<Caller>;
}

/** Everybody may everything, whatever they send. */
export const openAccess: Access = { asks: false, nobody: anyone, identify: async () => anyone };

/** Whoever is to do more than look around needs a token. */
export function tokenAccess(verifier: TokenVerifier): Access {
  return {
    asks: true,
    nobody: stranger,
    async identify(token) {
      const answer = await verifier.verify(token);
      switch (answer.verdict) {
        case "good":
          return holderOf(answer);
        case "bad":
          throw new DomainError("invalid_token", `The token is not good: ${answer.reason}.`);
        case "unknown":
          throw new DomainError("keys_unavailable");
      }
    },
  };
}
