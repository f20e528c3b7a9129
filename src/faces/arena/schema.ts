import { z } from "zod";
import { fields } from "./fields.ts";

/** Bodies of the document. Unknown fields are ignored. */

/** How all that players send is read: what is wrong is sent back as it came, and nothing unknown is a fault. */
export const jsonRules = { exactNumbers: true, unsafeKeys: "drop" } as const;

export const joinBody = z.object({
  connect_code: fields.connectCode,
  fighter_name: fields.name,
  wallet_address: fields.wallet,
  agent_id: fields.agentId,
});

export const reportBody = z.object({
  queue_id: fields.queueId,
  outcome: fields.outcome,
  duration_seconds: fields.duration,
  stocks_remaining: fields.stocks,
  opponent_stocks: fields.stocks,
});

export const signatureBody = z.object({ address: fields.address, signature: fields.signature });

export const proposalBody = z.object({
  queue_id: fields.queueId,
  amount_wei: fields.uint256,
  wager_id: fields.uint256,
});

/** Accepting and declining. */
export const moveBody = z.object({ queue_id: fields.queueId });
