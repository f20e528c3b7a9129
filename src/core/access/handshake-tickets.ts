import { createHash } from "node:crypto";
import type { Clock } from "../../ports/clock.ts";
import type { Handovers } from "../../ports/handovers.ts";
import type { Random } from "../../ports/random.ts";
import type { TokenContent } from "../../ports/tokens.ts";
import { DomainError } from "../errors/errors.ts";

/** How long a ticket is good for, in ms: the way from one request to the next. */
const TICKET_MS = 30_000;

export interface HandshakeTicket {
  readonly ticket: string;
  readonly expiresInSeconds: number;
}

/**
 * Short-lived stand-ins for tokens, each good for one handshake, so that what ends up in the logs of proxies is of no use
 * to whoever reads them. A ticket allows what its token does, and no longer than that. Kept is only its digest.
 */
export class HandshakeTickets {
  readonly #handovers: Handovers;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(deps: { readonly handovers: Handovers; readonly clock: Clock; readonly random: Random }) {
    this.#handovers = deps.handovers;
    this.#clock = deps.clock;
    this.#random = deps.random;
  }

  /** @param content null: nobody asks for tokens here, so that the ticket stands for nothing */
  async issue(content: TokenContent | null): Promise<HandshakeTicket> {
    const ticket = this.#random.token();
    const issued = { ticket, expiresInSeconds: TICKET_MS / 1000 };
    if (content !== null) await this.#handovers.leave(nameOf(ticket), JSON.stringify(content), TICKET_MS);
    return issued;
  }

  /**
   * Takes a ticket; nobody can take it again.
   *
   * @throws {DomainError} invalid_ticket
   * @throws {StoreUnavailable}
   */
  async redeem(ticket: string): Promise<TokenContent> {
    const kept = await this.#handovers.collect(nameOf(ticket));
    const content = kept === null ? null : (JSON.parse(kept) as TokenContent);
    if (content === null || content.expiresAt <= this.#clock.now()) throw new DomainError("invalid_ticket");
    return content;
  }
}

function nameOf(ticket: string): string {
  return createHash("sha256").update(ticket).digest("base64url");
}
