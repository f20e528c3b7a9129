import { z } from "zod";
import type { GroupDoc, RouteDoc } from "../../transport/http/documentation.ts";

const count = z.int().min(0);

export const groupDoc: GroupDoc = {
  title: "Video chat",
  description: "Strangers are paired over Socket.IO at `/socket.io/`; over HTTP there are only figures.",
  error: z.object({ error: z.object({ message: z.string() }) }),
};

export const docs = {
  stats: {
    id: "getVideoChatStats",
    responses: {
      200: {
        description: "How many there are at this moment.",
        schema: z.object({
          totalUsers: count,
          activeMatches: count,
          queues: z.object({ male: count, female: count }),
        }),
        example: { totalUsers: 10, activeMatches: 5, queues: { male: 2, female: 1 } },
      },
    },
  },
} satisfies Record<string, RouteDoc>;
