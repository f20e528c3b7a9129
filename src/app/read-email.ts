import { normalEmail } from "../core/accounts/email.ts";
import { UsageError } from "./commands/errors.ts";

/** An address as the records know it. @throws {UsageError} for a text that is none */
export function readEmail(text: string): string {
  const email = normalEmail(text);
  if (email === null) throw new UsageError(`'${text}' is no email address.`);
  return email;
}
