import { normalEmail } from "./email.ts";

/**
 * The address that an identity provider's token vouches for; null for none. Some issuers write booleans as text, some
 * leave the claim out. What one says it has not checked is anybody's word.
 */
export function vouchedEmail(claims: Readonly<Record<string, unknown>>): string | null {
  const { email, email_verified: verified } = claims;
  if (verified !== undefined && verified !== true && verified !== "true") return null;
  return typeof email === "string" ? normalEmail(email) : null;
}
