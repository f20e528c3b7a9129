import { z } from "zod";
import { MAX_NAME } from "../../core/sessions/names.ts";

/** Building blocks of this face's schemas. Each says what is wrong in words that go behind the field's name. */

/** Text fit for a line: bounded, whole characters, nothing that cannot be seen. */
const line = (longest: number) =>
  z
    .string()
    .min(1, "must not be empty")
    .max(longest, `must be at most ${longest} characters`)
    .refine((text) => text.isWellFormed(), "must be valid Unicode")
    .refine((text) => !/\p{Cc}/u.test(text), "must have no control characters");

/** Opaque, but for the two names that no path can end in: `.` and `..` mean other places. */
export const id = line(MAX_NAME).refine((text) => text !== "." && text !== "..", 'must not be "." or ".."');
/** For people. */
export const label = line(256);
/** An IP address or a name of the DNS. */
export const address = line(255);

/** A whole number. */
export const whole = (least: number, most: number) =>
  z
    .int({ error: ({ code }) => (code === "too_big" ? `must be at most ${most}` : undefined) })
    .min(least, least === 0 ? "must not be negative" : `must be at least ${least}`)
    .max(most, `must be at most ${most}`);

/** Any number that is not negative. */
export const amount = (most: number) => z.number().min(0, "must not be negative").max(most, `must be at most ${most}`);

/** 0 to 100. */
export const percent = amount(100);

/** A word of a list, in any case. */
export const word = <const Word extends string>(words: readonly [Word, ...Word[]]) =>
  z.preprocess(
    (value) => (typeof value === "string" ? value.toUpperCase() : value),
    z.enum(words, { error: `must be one of ${words.join(", ")}` }),
  );

/** A parameter of the query; left empty it counts as left out. */
export const parameter = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema.optional());

/** A number as text, of which `schema` says more. */
export const numeric = <Schema extends z.ZodType<unknown, number>>(schema: Schema) =>
  z
    .string()
    .regex(/^[+-]?\d{1,15}(\.\d{1,15})?$/, "must be a number")
    .transform(Number)
    .pipe(schema);

/** The most entries one list brings, and what it brings unless told. */
export const MAX_PAGE = 1000;

export const page = {
  limit: parameter(numeric(whole(1, MAX_PAGE))),
  offset: parameter(numeric(whole(0, 1_000_000_000))),
};

/** Which part of a list is asked for. */
export function pageOf({
  limit,
  offset,
}: {
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}) {
  return { limit: limit ?? MAX_PAGE, offset: offset ?? 0 };
}
