import { z } from "zod";
import type { GroupDoc, RouteDoc } from "../../transport/http/documentation.ts";

export const groupDoc: GroupDoc = {
  title: "Tickets",
  description: "Stand-ins for tokens where a client can set no header: WebSockets, event streams and Socket.IO.",
  error: z.object({ error: z.string().meta({ description: "The code." }), message: z.string() }),
};

export const docs = {
  issue: {
    id: "issueTicket",
    description:
      "Goes into the query of one handshake, as `?ticket=`, in place of the token, and so keeps that out of the logs of " +
      "proxies. It allows what the token does, is good once, and ends with the token.",
    responses: {
      201: {
        description: "A ticket. Where no tokens are asked for, one that nobody looks at.",
        schema: z.object({
          ticket: z.string(),
          expires_in: z.int().meta({ description: "Seconds for which it is good." }),
        }),
        example: { ticket: "kq0d2Vw1u4tJr6yXn8bLhA", expires_in: 30 },
      },
    },
  },
} satisfies Record<string, RouteDoc>;
