import { z } from "zod";
import { MAX_EMAIL, normalEmail } from "../../core/accounts/email.ts";
import { isStorable } from "../../core/text/storable.ts";

const name = z
  .string()
  .max(256, "must be at most 256 characters")
  .refine((text) => text.trim() !== "", "must not be blank")
  .refine(isStorable, "must be valid Unicode without U+0000")
  .nullish();

const email = z
  .string()
  .transform((text, context) => {
    const normal = normalEmail(text);
    if (normal !== null) return normal;
    context.addIssue(`must be an email address of at most ${MAX_EMAIL} characters`);
    return z.NEVER;
  })
  .nullish();

export const forgetBody = z
  .object({
    email: email.meta({ description: "An account, with its contacts." }),
    player_id: name.meta({ description: "A player of the coordinator, with the hosts it runs." }),
    connect_code: name.meta({ description: "A player of the arena, in matches that are over." }),
    wallet: name.meta({ description: "The same, by wallet." }),
  })
  .superRefine((body, context) => {
    const given = Object.values(body).filter((one) => one !== null && one !== undefined);
    if (given.length !== 1) context.addIssue("must name one person by one name");
  });
