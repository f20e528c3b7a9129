import { z } from "zod";
import { email, label, newPassword, password, secret } from "./http-fields.ts";

const name = label.nullish().meta({ description: "What the token is called in the list of tokens." });

export const signUpBody = z.object({
  email,
  password: newPassword,
  invite: secret.nullish().meta({ description: "Needed where SIGNUP is invite." }),
  name,
});

export const signInBody = z.object({ email, password, name });

export const passwordBody = z.object({ current_password: password, password: newPassword });

export const resetBody = z.object({
  email,
  code: secret.meta({ description: "From the operator: `rendezvous reset-code <email>`." }),
  password: newPassword,
});

export const removeBody = z.object({
  password: password.optional().meta({ description: "Not asked of those who come with a JWT." }),
});
