import { z } from "zod";
import { problem } from "../../core/errors/errors.ts";
import type { GroupDoc } from "../../transport/http/documentation.ts";

const fault = z
  .object({
    type: z.string().meta({ description: "The kind, such as `missing` or `string_type`." }),
    loc: z.array(z.union([z.string(), z.int()])),
    msg: z.string(),
    input: z.unknown(),
    ctx: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: "ArenaFault", description: "One thing that is wrong with a request." });

export const groupDoc: GroupDoc = {
  title: "Arena",
  description:
    "Fighters join a queue, are matched first come first served, and report how the game ended. The arena computes one " +
    "result, both sides sign it (EIP-712), and agents that played are rated (Elo). A `queue_id` is a secret of its " +
    "player: it is what results and wagers are made with. Whole numbers are exact up to 2^256 - 1.",
  error: z.object({ detail: z.union([z.string(), z.array(fault)]) }),
  refusals: [problem("store_unavailable")],
};

/** Ids as the document shows them. */
export const QUEUE_ID = "a1b2c3d4-0000-4000-8000-000000000001";
export const MATCH_ID = "e5f6a7b8-0000-4000-8000-000000000002";

export const WALLET = "0x1F36B4c388CA19Ddb5b90DcF6E8f8309652Ab3dE";
export const OTHER_WALLET = "0x00000000000000000000000000000000000000B2";

/** Every path with a match in it. */
export const ofMatch = {
  params: { match_id: "The match's id." },
  path: { match_id: MATCH_ID },
  unknown: problem("match_not_found"),
};

export const time = z.string().meta({ description: "UTC, to the second, such as `2026-02-05T12:00:00+00:00`." });

/** No maximum: a number of JSON Schema is read as a double, which would be 2^256. */
export const uint256 = z.unknown().meta({ type: "integer", minimum: 0, description: "Exact, at most 2^256 - 1." });
