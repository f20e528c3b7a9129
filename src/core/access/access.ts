import type { TokenContent, TokenVerifier } from "../../ports/tokens.ts";
import type { Directory } from "../accounts/directory.ts";
import { formOf } from "../accounts/secrets.ts";
import { DomainError } from "../errors/errors.ts";
import { accountHolder, anyone, holderOf, stranger, type Caller } from "./caller.ts";
import type { HandshakeTicket, HandshakeTickets } from "./handshake-tickets.ts";

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
  /**
   * Who is behind a ticket, which is good no more after that.
   *
   * @throws {DomainError} invalid_ticket
   */
  redeem(ticket: string): Promise<Caller>;
  /**
   * Gives a ticket for a token; in open mode one that nobody looks at, whatever is sent.
   *
   * @throws {DomainError} invalid_token, keys_unavailable
   */
  issueTicket(token: string | null): Promise<HandshakeTicket>;
}

/** Everybody may everything, whatever they send. */
export function openAccess(tickets: HandshakeTickets): Access {
  return {
    asks: false,
    nobody: anyone,
    identify: async () => anyone,
    redeem: async () => anyone,
    issueTicket: () => tickets.issue(null),
  };
}

/** Whoever is to do more than look around needs a token. */
export function tokenAccess(
  verifier: TokenVerifier,
  tickets: HandshakeTickets,
  /** Knows the tokens of people's accounts; null where there are none. */
  accounts: Pick<Directory, "identify"> | null = null,
): Access {
  const contentOf = async (token: string): Promise<TokenContent> => {
    const answer = await verifier.verify(token);
    switch (answer.verdict) {
      case "good":
        return answer;
      case "bad":
        throw new DomainError("invalid_token", `The token is not good: ${answer.reason}.`);
      case "unknown":
        throw new DomainError("keys_unavailable");
    }
  };
  return {
    asks: true,
    nobody: stranger,
    async identify(token) {
      if (accounts === null || formOf(token) !== "uuid") return holderOf(await contentOf(token));
      const { email, expiresAt } = await accounts.identify(token);
      return accountHolder(email, expiresAt);
    },
    redeem: async (ticket) => holderOf(await tickets.redeem(ticket)),
    async issueTicket(token) {
      const { subject, expiresAt, claims } = await contentOf(token ?? "");
      return tickets.issue({ subject, expiresAt, claims });
    },
  };
}
