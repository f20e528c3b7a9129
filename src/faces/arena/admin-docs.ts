import { z } from "zod";
import type { RouteDoc } from "../../transport/http/documentation.ts";
import { Refusal } from "../../transport/http/refusal.ts";

const count = z.int().min(0);

export const docs = {
  cleanup: {
    id: "cleanUpArena",
    description:
      "For operators; it goes into the audit log first. Takes the ADMIN_TOKEN as Bearer token, or where AUTH_MODE is token a JWT with scope `admin`. Where " +
      "neither is set, callers on the server's own machine may, " +
      "but not through a proxy and not from a page of another origin.",
    example: {},
    responses: {
      200: {
        description: "What was expired, and what is left.",
        schema: z.object({
          expired_queue_entries: count,
          expired_matches: count,
          queue_size: count,
          active_matches: count,
        }),
        example: { expired_queue_entries: 2, expired_matches: 4, queue_size: 0, active_matches: 0 },
      },
    },
    refusals: [new Refusal("token_required", "This takes the ADMIN_TOKEN."), new Refusal("forbidden")],
  },
} satisfies Record<string, RouteDoc>;
