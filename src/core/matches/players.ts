import type { MatchRecord, Player, Side } from "../../ports/match-records.ts";
import { DomainError } from "../errors/errors.ts";
import { walletName } from "../signatures/signature.ts";

export function otherSide(side: Side): Side {
  return side === "p1" ? "p2" : "p1";
}

/**
 * The side that an entry of the queue plays.
 *
 * @throws {DomainError} not_a_participant
 */
export function sideOf({ p1, p2 }: MatchRecord, queueId: string): Side {
  if (queueId === p1.queueId) return "p1";
  if (queueId === p2.queueId) return "p2";
  throw new DomainError("not_a_participant");
}

/** Whom an entry of the queue plays against. */
export function opponentOf({ p1, p2 }: MatchRecord, queueId: string): Player {
  return p1.queueId === queueId ? p2 : p1;
}

/** False if one wallet or one agent plays both sides: such a match proves nothing. */
export function areStrangers({ p1, p2 }: MatchRecord): boolean {
  const wallet = walletName(p1.wallet ?? "");
  const sameWallet = wallet !== null && wallet === walletName(p2.wallet ?? "");
  const sameAgent = p1.agentId !== null && p1.agentId === p2.agentId;
  return !sameWallet && !sameAgent;
}
