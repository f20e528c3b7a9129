import { normalEmail } from "../accounts/email.ts";

/** The same id; an address in it is in the form in which addresses are compared, so that whoever forgets it finds it. */
export function comparable(id: string): string {
  const [address = "", ...rest] = id.split("/");
  return [normalEmail(address) ?? address, ...rest].join("/");
}
