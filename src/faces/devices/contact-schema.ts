import { z } from "zod";
import { contactActions } from "../../core/accounts/contact-steps.ts";
import { email } from "./http-fields.ts";

export const contactBody = z.object({ email });

export const contactActionBody = z.object({
  email,
  action: z.enum(contactActions, { error: `must be one of ${contactActions.join(", ")}` }).default("request"),
});
