import { z } from "zod";
import { problem } from "../../core/errors/errors.ts";
import { matchStatuses } from "../../ports/match-records.ts";
import type { RouteDoc } from "../../transport/http/documentation.ts";
import { MATCH_ID, ofMatch, OTHER_WALLET, QUEUE_ID, time, WALLET } from "./docs.ts";
import { wagerKeys } from "./wager-docs.ts";

const { params, path, unknown } = ofMatch;
const text = z.string().nullable();
const score = z.int().min(0).max(255).nullable();
const SIGNATURE = `0x${"1b".repeat(65)}`;

const counts = z.object({
  match_id: z.string(),
  signatures_received: z.int().min(0).max(2),
  ready_for_submission: z.boolean().meta({ description: "True once the MatchProof contract would take both." }),
});

export const docs = {
  get: {
    id: "getMatch",
    description:
      "The result stands once both sides have reported, and never changes. A draw is `completed` with no winner. A " +
      "match in which nothing happens for 30 minutes has `expired`.",
    params,
    example: { params: path },
    responses: {
      200: {
        description: "The match.",
        schema: z.object({
          id: z.string(),
          status: z.enum(matchStatuses),
          p1_connect_code: z.string(),
          p2_connect_code: z.string(),
          p1_wallet: text,
          p2_wallet: text,
          p1_result: text,
          p2_result: text,
          winner_wallet: text,
          loser_wallet: text,
          winner_score: score,
          loser_score: score,
          result_timestamp: z.int().nullable().meta({ description: "Seconds since 1970." }),
          created_at: time,
          completed_at: time.nullable(),
          ...wagerKeys,
        }),
        example: {
          id: MATCH_ID,
          status: "completed",
          p1_connect_code: "SCAV#861",
          p2_connect_code: "SCAV#382",
          p1_wallet: OTHER_WALLET,
          p2_wallet: WALLET,
          p1_result: "lost",
          p2_result: "won",
          winner_wallet: WALLET,
          loser_wallet: OTHER_WALLET,
          winner_score: 3,
          loser_score: 0,
          result_timestamp: 1770292800,
          created_at: "2026-02-05T11:55:00+00:00",
          completed_at: "2026-02-05T12:00:00+00:00",
          wager_status: null,
          wager_amount: null,
          wager_id: null,
          wager_proposer: null,
        },
      },
    },
    refusals: [unknown],
  },
  report: {
    id: "reportResult",
    description:
      "Each side reports for itself; `outcome` is its own word. More stocks remaining wins, each side counting its own; " +
      "equal ones fall to the outcomes if one won and the other lost, or one alone is DISCONNECT or ERROR. The same " +
      "report again changes nothing.",
    params,
    example: {
      params: path,
      body: { queue_id: QUEUE_ID, outcome: "won", duration_seconds: 187.5, stocks_remaining: 3, opponent_stocks: 0 },
    },
    responses: {
      200: { description: "Taken.", schema: z.object({ success: z.literal(true) }), example: { success: true } },
    },
    refusals: [unknown, problem("not_a_participant"), problem("report_refused")],
  },
  typedData: {
    id: "getTypedData",
    description: "For `eth_signTypedData_v4`, as it stands.",
    params,
    example: { params: path },
    responses: {
      200: {
        description: "The EIP-712 message.",
        schema: z.object({
          domain: z.object({
            name: z.string(),
            version: z.string(),
            chainId: z.int(),
            verifyingContract: z.string(),
          }),
          types: z.record(z.string(), z.array(z.object({ name: z.string(), type: z.string() }))),
          primaryType: z.string(),
          message: z.record(z.string(), z.union([z.string(), z.int()])),
        }),
        example: {
          domain: {
            name: "NoJohns",
            version: "1",
            chainId: 10143,
            verifyingContract: "0x1cc748475f1f666017771fb49131708446b9f3df",
          },
          types: {
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
          },
          primaryType: "MatchResult",
          message: {
            matchId: `0x${"5e".repeat(32)}`,
            winner: WALLET.toLowerCase(),
            loser: OTHER_WALLET.toLowerCase(),
            gameId: "melee",
            winnerScore: 3,
            loserScore: 0,
            replayHash: `0x${"00".repeat(32)}`,
            timestamp: 1770292800,
          },
        },
      },
    },
    refusals: [unknown, problem("signature_refused")],
  },
  sign: {
    id: "submitSignature",
    description:
      "65 bytes in hexadecimal, with or without `0x`, of a participant's wallet under the typed data of this match. One " +
      "of each side counts.",
    params,
    example: { params: path, body: { address: WALLET, signature: SIGNATURE } },
    responses: {
      200: {
        description: "Taken.",
        schema: counts,
        example: { match_id: MATCH_ID, signatures_received: 2, ready_for_submission: true },
      },
    },
    refusals: [unknown, problem("signature_refused")],
  },
  signatures: {
    id: "getSignatures",
    params,
    example: { params: path },
    responses: {
      200: {
        description: "In the order they came, as they were sent.",
        schema: counts.extend({
          signatures: z.array(z.object({ address: z.string(), signature: z.string(), created_at: time })),
        }),
        example: {
          match_id: MATCH_ID,
          signatures: [{ address: WALLET, signature: SIGNATURE, created_at: "2026-02-05T12:05:01+00:00" }],
          signatures_received: 1,
          ready_for_submission: false,
        },
      },
    },
    refusals: [unknown],
  },
} satisfies Record<string, RouteDoc>;
