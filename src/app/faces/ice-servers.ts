import type { Directory } from "../../core/accounts/directory.ts";
import type { Caller } from "../../transport/http/call.ts";
import type { Ground } from "./ground.ts";

/**
 * Tells who has been matched with somebody: by an allocation, a room, a session, a match or a chat, or as a person with a
 * device that is online and a contact.
 */
export function isMatched(
  { engine, entitlements }: Pick<Ground, "engine" | "entitlements">,
  accounts: Directory | null,
): (caller: Caller) => Promise<boolean> {
  const devices = engine.presences("devices");
  const hasCompany = async (email: string): Promise<boolean> =>
    (await devices.of([email])).size > 0 && ((await accounts?.contactsOf(email))?.size ?? 0) > 0;
  return async ({ subject, account, may }) =>
    may("admin") ||
    (subject !== null && (await entitlements.has(subject))) ||
    (account !== null && accounts !== null && (await hasCompany(account)));
}
