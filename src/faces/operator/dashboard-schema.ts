import { z } from "zod";
import { isStorable } from "../../core/text/storable.ts";
import { KINDS } from "./wire.ts";

/** In characters. */
const MAX_TEXT = 320;

const text = z.string().max(MAX_TEXT).refine(isStorable, "must be valid Unicode without U+0000");

/** Items of one page. */
const MAX_LIMIT = 200;
const USUAL_LIMIT = 50;

export const listQuery = z.object({
  cursor: z.string().max(2_000).optional().meta({ description: "`next` of the page before." }),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(USUAL_LIMIT).meta({ description: "The most items." }),
  state: text
    .optional()
    .meta({ description: "Only those in this state, or in one of several with commas between them." }),
  region: text.optional().meta({ description: "Only those of this region." }),
  q: text.optional().meta({ description: "Only those with this in their id, label or queue." }),
});

export const liveQuery = z.object({
  once: z.literal("true").optional().meta({ description: "It ends with the second overview." }),
});

export const searchQuery = z.object({ q: text.min(1).meta({ description: "Any id." }) });

const confirm = text.meta({ description: "The id of what it is done to, so that nothing is done by accident." });

export const actBody = z.object({ confirm: confirm.default("") });

export const maintenanceBody = z.object({
  on: z.boolean().meta({ description: "False takes it out." }),
  confirm: confirm.default(""),
});

const time = z.int().meta({ description: "In ms since the Unix epoch." });
const field = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const kind = z.enum(KINDS);

const item = z.object({
  kind,
  id: z.string(),
  label: z.string(),
  state: z.string().nullable(),
  face: z.string().nullable(),
  region: z.string().nullable(),
  node: z.string().nullable(),
  since: time.nullable(),
  fields: z.record(z.string(), field),
  links: z.array(z.object({ as: z.string(), kind, id: z.string() })),
  actions: z.array(
    z.object({
      name: z.enum(["drain", "maintenance", "end", "cancel", "kick"]),
      label: z.string(),
      question: z.string(),
      path: z.string(),
      body: z.record(z.string(), z.boolean()),
      confirm: z.string(),
    }),
  ),
});

export const listAnswer = z.object({ items: z.array(item), next: z.string().nullable(), states: z.array(z.string()) });

export const objectAnswer = item.extend({
  history: z.array(
    z.object({ at: time, node: z.string().nullable(), what: z.string(), detail: z.string().nullable() }),
  ),
  waiting: z.object({ since: time, reasons: z.array(z.string()) }).optional(),
});

export const searchAnswer = z.object({ items: z.array(z.object({ kind, id: z.string(), label: z.string() })) });

export const doneAnswer = z.object({ done: z.literal(true), message: z.string() });
