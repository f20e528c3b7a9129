import { createAccountRecords } from "../adapters/sql/accounts.ts";
import { migrate } from "../adapters/sql/migrate.ts";
import { systemRandom } from "../adapters/system/random.ts";
import { normalEmail } from "../core/accounts/email.ts";
import { createInvite, createResetCode, type HandedOut } from "../core/accounts/operator.ts";
import type { AccountRecords } from "../ports/account-records.ts";
import type { Clock } from "../ports/clock.ts";
import { SchemaTooNew } from "../ports/migrations.ts";
import type { Random } from "../ports/random.ts";
import { StoreUnavailable } from "../ports/store-error.ts";
import { UsageError, type CommandCall } from "./command-line.ts";
import { loadConfig } from "./config/load.ts";
import { whyStoreIsUnusable } from "./store-trouble.ts";
import { withStore } from "./with-store.ts";

interface Deps {
  readonly records: AccountRecords;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Prints an invite that makes one account, and nothing else. Exit code 1 if the records cannot be used.
 *
 * @throws {UsageError} for an address that is none
 */
export function inviteCommand(call: CommandCall): Promise<number> {
  const email = call.email === undefined ? null : readEmail(call.email);
  return handOut(call, "invite", (deps) => createInvite(deps, email));
}

/**
 * Prints a code that sets the password of an account once, and nothing else. Exit code 1 if there is no such account, or
 * the records cannot be used.
 *
 * @throws {UsageError} without an address
 */
export function resetCodeCommand(call: CommandCall): Promise<number> {
  if (call.email === undefined) throw new UsageError("reset-code takes the address of an account.");
  const email = readEmail(call.email);
  return handOut(call, "code", (deps) => createResetCode(deps, email));
}

async function handOut(
  { sources, json, command }: CommandCall,
  what: string,
  make: (deps: Deps) => Promise<HandedOut | null>,
): Promise<number> {
  const { config } = await loadConfig(sources);
  try {
    const made = await withStore(config, command, async (store, clock) => {
      await migrate(store, clock.now());
      return make({ records: createAccountRecords(store), clock, random: systemRandom });
    });
    if (made === null) return fail("There is no account with this address.", json);
    const expires_at = new Date(made.expiresAt).toISOString();
    console.log(json ? JSON.stringify({ ok: true, [what]: made.secret, expires_at }) : made.secret);
    return 0;
  } catch (error) {
    if (!(error instanceof SchemaTooNew) && !(error instanceof StoreUnavailable)) throw error;
    return fail(whyStoreIsUnusable(config, error), json);
  }
}

function fail(problem: string, json: boolean): number {
  if (json) console.log(JSON.stringify({ ok: false, problems: [problem] }));
  else console.error(`rendezvous: ${problem}`);
  return 1;
}

function readEmail(text: string): string {
  const email = normalEmail(text);
  if (email === null) throw new UsageError(`'${text}' is no email address.`);
  return email;
}
