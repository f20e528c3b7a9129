import { createHash } from "node:crypto";
import type { MatchRecord } from "../../ports/match-records.ts";
import type { TypedData } from "../../ports/signers.ts";
import { DomainError } from "../errors/errors.ts";
import { addressOf } from "./signature.ts";

/** Where the result is to be recorded. */
export interface MatchProof {
  /** Of the chain. */
  readonly chainId: number;
  /** Address of the contract, lower case: some wallets refuse capitals that make no checksum. */
  readonly contract: string;
}

const TYPES: TypedData["types"] = {
  EIP712Domain: [
    { name: "name", type: "string" },
    { name: "version", type: "string" },
    { name: "chainId", type: "uint256" },
    { name: "verifyingContract", type: "address" },
  ],
  MatchResult: [
    { name: "matchId", type: "bytes32" },
    { name: "winner", type: "address" },
    { name: "loser", type: "address" },
    { name: "gameId", type: "string" },
    { name: "winnerScore", type: "uint8" },
    { name: "loserScore", type: "uint8" },
    { name: "replayHash", type: "bytes32" },
    { name: "timestamp", type: "uint256" },
  ],
};

/**
 * The message that both sides of a match sign.
 *
 * @throws {DomainError} signature_refused: the match has no winner, or a side no wallet to sign with
 */
export function typedDataOf(match: MatchRecord, { chainId, contract }: MatchProof): TypedData {
  const { winner, loser, winnerScore, loserScore, completedAt } = decided(match);
  const winnerWallet = addressOf(match[winner].wallet ?? "");
  const loserWallet = addressOf(match[loser].wallet ?? "");
  if (winnerWallet === null || loserWallet === null) {
    throw new DomainError("signature_refused", "A side of the match has no wallet address to sign with.");
  }
  return {
    domain: { name: "NoJohns", version: "1", chainId, verifyingContract: contract },
    types: TYPES,
    primaryType: "MatchResult",
    message: {
      matchId: proofIdOf(match.id),
      winner: winnerWallet,
      loser: loserWallet,
      gameId: "melee",
      winnerScore,
      loserScore,
      replayHash: `0x${"0".repeat(64)}`,
      timestamp: Math.floor(completedAt / 1000),
    },
  };
}

/** What a contract knows a match by: 32 bytes in hex, lower case with 0x. */
export function proofIdOf(matchId: string): string {
  return `0x${createHash("sha256").update(matchId, "utf8").digest("hex")}`;
}

/**
 * The result of a match that somebody has won.
 *
 * @throws {DomainError} signature_refused
 */
export function decided({ status, result }: MatchRecord) {
  if (result === null) throw new DomainError("signature_refused", `The match is not completed: it is ${status}.`);
  const { winner } = result;
  if (winner === null) throw new DomainError("signature_refused", "The match is a draw: there is nothing to sign.");
  return { ...result, winner, loser: winner === "p1" ? ("p2" as const) : ("p1" as const) };
}
