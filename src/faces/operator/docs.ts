import { z } from "zod";
import type { GroupDoc, RouteDoc } from "../../transport/http/documentation.ts";
import { Refusal } from "../../transport/http/refusal.ts";

const count = z.int().min(0);

export const groupDoc: GroupDoc = {
  title: "Operators",
  description: "What only operators may do, whichever faces are served.",
  error: z.object({ error: z.string().meta({ description: "The code." }), message: z.string() }),
};

export const docs = {
  forget: {
    id: "forgetPerson",
    description:
      "Removes what the records hold of a person, under one of the names they have; `docs/retention.md` says what " +
      "stays. It goes into the audit log first, without whom it is about. Takes the ADMIN_TOKEN as Bearer token, or where AUTH_MODE is token a JWT with scope `admin`. Where neither is " +
      "set, callers on the server's own machine may, but " +
      "not through a proxy and not from a page of another origin.",
    example: { body: { connect_code: "FOX#123" } },
    responses: {
      200: {
        description: "How many records are gone or say nothing of them any more, and how many still go on.",
        schema: z.object({ gone: count, left: count }),
        example: { gone: 0, left: 0 },
      },
    },
    refusals: [new Refusal("token_required", "This takes the ADMIN_TOKEN."), new Refusal("forbidden")],
  },
} satisfies Record<string, RouteDoc>;
