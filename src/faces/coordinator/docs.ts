import { z } from "zod";
import { problem } from "../../core/errors/errors.ts";
import type { GroupDoc } from "../../transport/http/documentation.ts";
import { MAX_PAGE } from "./fields.ts";

export const groupDoc: GroupDoc = {
  title: "Coordinator",
  description:
    "Hosts offer to run zones, a session is a host running a zone for players, and its peers exchange what WebRTC needs " +
    "through the session's mailbox. Words such as a status are upper case in answers and taken in any case.",
  error: z.object({ detail: z.string() }),
  refusals: [problem("store_unavailable")],
};

/** The parameters of every list. */
export const pages = {
  limit: `How many entries at most; ${MAX_PAGE} where it is left out.`,
  offset: "How many entries to leave out from the start.",
};

/** An answer that is one sentence. */
export function says(message: string) {
  return { description: "Done.", schema: z.object({ message: z.string() }), example: { message } };
}

export const time = z.iso.datetime().meta({ description: "UTC, to the second." });
