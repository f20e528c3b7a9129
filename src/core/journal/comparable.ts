import { normalEmail } from "../accounts/email.ts";

/** The same id; an address in it is in the form in which addresses are compared, so that whoever forgets it finds it. */
export function comparable(id: string): string {
  const [address, device] = ownerAndDevice(id);
  const known = normalEmail(address) ?? address;
  return device === null ? known : `${known}/${device}`;
}

/**
 * The two parts of a device's id: the address, in which a slash may stand before the @, and what the device calls itself,
 * in which anything may. Null: only an address.
 */
export function ownerAndDevice(id: string): readonly [string, string | null] {
  const at = id.indexOf("/", Math.max(0, id.indexOf("@")));
  return at === -1 ? [id, null] : [id.slice(0, at), id.slice(at + 1)];
}
