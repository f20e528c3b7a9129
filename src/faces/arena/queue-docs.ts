import { z } from "zod";
import { problem } from "../../core/errors/errors.ts";
import { entryStatuses } from "../../ports/queue-records.ts";
import type { RouteDoc } from "../../transport/http/documentation.ts";
import { MATCH_ID, OTHER_WALLET, QUEUE_ID, uint256, WALLET } from "./docs.ts";

const place = z.object({
  queue_id: z.string(),
  status: z.enum(entryStatuses),
  position: z.int().min(1).nullable().meta({ description: "1 for who is matched next; null unless waiting." }),
  match_id: z.string().nullable(),
  opponent_code: z.string().nullable(),
  opponent_wallet: z.string().nullable(),
});

const MATCHED = {
  queue_id: QUEUE_ID,
  status: "matched",
  position: null,
  match_id: MATCH_ID,
  opponent_code: "SCAV#861",
  opponent_wallet: OTHER_WALLET,
};

const params = { queue_id: "What joining answered." };
const example = { params: { queue_id: QUEUE_ID } };
const unknown = problem("queue_entry_not_found");

export const docs = {
  join: {
    id: "joinQueue",
    description:
      "Only `connect_code` is required; `wallet_address` is needed to sign results, `agent_id` to be rated. Joining " +
      "again with the same `connect_code` cancels what waits under it.",
    example: {
      body: { connect_code: "SCAV#382", fighter_name: "phillip", wallet_address: WALLET, agent_id: 9 },
    },
    responses: {
      200: {
        description: "Matched with whoever waited longest, or waiting.",
        schema: place.extend({ opponent_agent_id: uint256.nullable() }),
        example: { ...MATCHED, opponent_agent_id: 12 },
      },
    },
  },
  poll: {
    id: "pollQueue",
    description: "Every 2 seconds, say. An entry that nobody asks after for 5 minutes has expired.",
    params,
    example,
    responses: { 200: { description: "The place.", schema: place, example: MATCHED } },
    refusals: [unknown],
  },
  leave: {
    id: "leaveQueue",
    params,
    example,
    responses: {
      200: {
        description: "`false`: nothing was waiting under that id.",
        schema: z.object({ success: z.boolean() }),
        example: { success: true },
      },
    },
  },
  events: {
    id: "watchQueue",
    description:
      "Instead of polling: server-sent events, each named after a status with the answer of a poll as data. The first " +
      "one comes at once; after `matched`, `expired` or `cancelled` the stream ends. An EventSource that comes back " +
      "after that gets 204 and stays away. After five minutes the stream ends as well: an EventSource comes back by " +
      "itself, other clients ask again. A comment every 15 seconds keeps the connection. Where tokens are asked for, one " +
      "may come in the query: `?ticket=` or `?access_token=`.",
    params,
    example,
    responses: {
      200: { description: "The events.", mediaType: "text/event-stream" },
      204: { description: "There is nothing more to hear: `Last-Event-ID` names the end." },
    },
    refusals: [unknown, problem("invalid_ticket")],
  },
} satisfies Record<string, RouteDoc>;
