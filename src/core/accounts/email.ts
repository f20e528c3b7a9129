/** The longest address there is (RFC 5321, 4.5.3.1.3, without its angle brackets), in characters. */
export const MAX_EMAIL = 254;

/**
 * An address in the form in which addresses are compared: trimmed, lower case, NFC. Null if it is none. Two that look
 * alike but are written with other letters stay two; what cannot be seen at all is refused. So is a colon, which in the
 * names of documented keys stands between an address and what follows.
 */
export function normalEmail(text: string): string | null {
  // Before anything costs: no normal form is shorter by that much.
  if (text.length > 4 * MAX_EMAIL || !text.isWellFormed()) return null;
  const email = text.trim().normalize("NFC").toLowerCase().normalize("NFC");
  if (email.length > MAX_EMAIL || /[\p{Cc}\p{Cf}\p{Z}:]/u.test(email)) return null;
  const at = email.lastIndexOf("@");
  return at > 0 && at < email.length - 1 ? email : null;
}
