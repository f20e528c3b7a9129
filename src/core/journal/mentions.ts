import type { Named } from "../../ports/audit-records.ts";
import { normalEmail } from "../accounts/email.ts";

/** What stands before a name in an id; see `Item.id`. An operator may have taken one object for another. */
const FACES = ["arena", "coordinator", "host-pool", "video-chat"];

/** How ids of what operators look at name an address: as itself, and as that of a device. Nobody is named who is only called alike. */
export function mentionsOfAddress(email: string): Named {
  return { whole: [email], beginnings: [`${email}/`], details: [] };
}

/** The same of players, hosts of theirs, connect codes and wallets. */
export function mentionsOfPlayers(names: readonly string[]): Named {
  const whole = names.flatMap((name) => [name, ...FACES.map((face) => `${face}:${name}`)]);
  return { whole, beginnings: [], details: names.map((name) => `${name} waits no longer.`) };
}

/** True for an id that names them. */
export function isMentioned({ whole, beginnings }: Named, id: string): boolean {
  return whole.includes(id) || beginnings.some((beginning) => id.startsWith(beginning));
}

/** The same id; an address in it is in the form in which addresses are compared, so that whoever forgets it finds it. */
export function comparable(id: string): string {
  const [address = "", ...rest] = id.split("/");
  return [normalEmail(address) ?? address, ...rest].join("/");
}
