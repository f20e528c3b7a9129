import { z } from "zod";
import { MAX_EMAIL, normalEmail } from "../../core/accounts/email.ts";
import { MAX_PASSWORD, MIN_PASSWORD, passwordProblem } from "../../core/accounts/password.ts";

/** Building blocks of this face's HTTP schemas. Each says what is wrong in words that go behind the field's name. */

/** An address, which comes out normalised. */
export const email = z
  .string()
  .transform((text, context) => {
    const normal = normalEmail(text);
    if (normal !== null) return normal;
    context.addIssue(`must be an email address of at most ${MAX_EMAIL} characters`);
    return z.NEVER;
  })
  .meta({ description: "An email address; case and blanks around it do not matter." });

/** A password that is there already: only bounded, for rules may have been others when it was made. */
export const password = z.string().max(2 * MAX_PASSWORD, `must be at most ${MAX_PASSWORD} characters`);

/** A password that is to be. */
export const newPassword = z
  .string()
  .superRefine((text, context) => {
    const problem = passwordProblem(text);
    if (problem !== null) context.addIssue(problem);
  })
  .meta({ description: `${MIN_PASSWORD} to ${MAX_PASSWORD} characters, any of them.` });

/** A one-time secret as an operator hands it out. */
export const secret = z
  .string()
  .max(256, "must be at most 256 characters")
  .transform((text) => text.trim());

/** For people: one line. */
export const label = z
  .string()
  .max(100, "must be at most 100 characters")
  .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), "must be one line of valid Unicode");

export const time = z.iso.datetime().meta({ description: "UTC, to the second." });

/** In UTC, to the second. */
export function say(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}
