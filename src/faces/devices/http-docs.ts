import { z } from "zod";
import { problem } from "../../core/errors/errors.ts";
import type { GroupDoc } from "../../transport/http/documentation.ts";
import { Refusal } from "../../transport/http/refusal.ts";

export const groupDoc: GroupDoc = {
  title: "Devices",
  description:
    "Accounts and contacts of people whose devices find each other over the WebSocket `/socket`. A token of a login " +
    "signs a device in there, and calls what is asked for here. Where the operator has named an identity provider, its " +
    "JWTs with a claim `email` do so too.",
  error: z.object({ event: z.literal("error"), error: z.string(), code: z.string() }),
  refusals: [problem("store_unavailable")],
};

/** What a caller is refused with whom nobody knows. */
export const unknownCaller = [
  new Refusal("token_required"),
  problem("malformed_token"),
  problem("invalid_token", "Invalid or expired token"),
  problem("keys_unavailable"),
];
