import { z } from "zod";
import { isWithin } from "../../transport/limits/weigh.ts";

/** In characters. */
export const MAX_NAME = 100;
/** In characters. */
export const MAX_CHAT = 4_096;
/** In years. */
export const MAX_AGE = 150;

export const genders = ["male", "female"] as const;
export type Gender = (typeof genders)[number];

const age = z.number().positive().max(MAX_AGE);

/** The body of `join`. The document writes the age as a number; forms that send what was typed are understood too. */
export const userData = z.object({
  name: z.string().max(MAX_NAME).regex(/\S/),
  age: age.or(
    z
      .string()
      .max(MAX_NAME)
      .trim()
      .regex(/^\d{1,3}(\.\d+)?$/)
      .transform(Number)
      .pipe(age),
  ),
  gender: z.string().max(MAX_NAME).trim().toLowerCase().pipe(z.enum(genders)),
});

/** What a ticket says of its owner. The partner is shown name and age; `subject` is whom its token names. */
export type Profile = Pick<z.output<typeof userData>, "name" | "age"> & { readonly subject?: string };

/** Descriptions and candidates are opaque, but not without end: the transport's limit on a message, and no puzzle. */
const SIGNAL_LIMITS = { depth: 32, bytes: 1_000_000 };

/** The value a signaling message carries in `field`; undefined if there is none or it is too much. */
export function signalIn(message: unknown, field: string): unknown {
  if (typeof message !== "object" || message === null || !Object.hasOwn(message, field)) return undefined;
  const value: unknown = message[field as keyof typeof message];
  return isWithin(SIGNAL_LIMITS, value) ? value : undefined;
}

export const chatText = z.string().max(MAX_CHAT);
