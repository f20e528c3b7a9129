import { createAccountRecords } from "../adapters/sql/accounts.ts";
import { migrate } from "../adapters/sql/migrate.ts";
import { systemRandom } from "../adapters/system/random.ts";
import { createInvite, createResetCode, type HandedOut } from "../core/accounts/operator.ts";
import type { AccountRecords } from "../ports/account-records.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { CommandCall } from "./commands/command.ts";
import { Failure } from "./commands/errors.ts";
import type { inviteFlags } from "./commands/people.ts";
import { loadConfig } from "./config/load.ts";
import { readEmail } from "./read-email.ts";
import { withStore } from "./with-store.ts";

interface Deps {
  readonly records: AccountRecords;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Prints an invite that makes one account, and nothing else.
 *
 * @throws {UsageError} for an address that is none
 * @throws {Failure} if the records cannot be used
 */
export function inviteCommand(call: CommandCall<typeof inviteFlags>): Promise<number> {
  const { email: given } = call.flags;
  const email = given === undefined ? null : readEmail(given);
  return handOut(call, "invite", (deps) => createInvite(deps, email));
}

/**
 * Prints a code that sets the password of an account once, and nothing else.
 *
 * @throws {UsageError} for an address that is none
 * @throws {Failure} if there is no such account, or the records cannot be used
 */
export function resetCodeCommand(call: CommandCall): Promise<number> {
  const email = readEmail(call.args[0]!);
  return handOut(call, "code", (deps) => createResetCode(deps, email));
}

async function handOut(
  { sources, json, command }: CommandCall,
  what: string,
  make: (deps: Deps) => Promise<HandedOut | null>,
): Promise<number> {
  const { config } = await loadConfig(sources);
  const made = await withStore(config, command, async (store, clock) => {
    await migrate(store, clock.now());
    return make({ records: createAccountRecords(store), clock, random: systemRandom });
  });
  if (made === null) throw new Failure("There is no account with this address.");
  const expires_at = new Date(made.expiresAt).toISOString();
  console.log(json ? JSON.stringify({ ok: true, [what]: made.secret, expires_at }) : made.secret);
  return 0;
}
