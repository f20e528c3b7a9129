import { migrate } from "../adapters/sql/migrate.ts";
import { createAccountRecords } from "../adapters/sql/accounts.ts";
import { createPersonRecords } from "../adapters/sql/persons/persons.ts";
import { systemRandom } from "../adapters/system/random.ts";
import { forget, type PersonName } from "../core/accounts/forget.ts";
import type { CommandCall, Given } from "./commands/command.ts";
import { UsageError } from "./commands/errors.ts";
import type { forgetFlags } from "./commands/people.ts";
import { loadConfig } from "./config/load.ts";
import { readEmail } from "./read-email.ts";
import { withStore } from "./with-store.ts";

/**
 * Forgets a person, and prints how many rows that were.
 *
 * @throws {Failure} if the records cannot be used
 * @throws {UsageError} unless the call names one person by one name
 */
export async function forgetCommand(call: CommandCall<typeof forgetFlags>): Promise<number> {
  const person = readPerson(call.flags);
  const { config } = await loadConfig(call.sources);
  const { gone, left } = await withStore(config, call.command, async (store, clock) => {
    await migrate(store, clock.now());
    const [accounts, persons] = [createAccountRecords(store), createPersonRecords(store, systemRandom)];
    return forget({ accounts, persons, clock }, person);
  });
  if (call.json) console.log(JSON.stringify({ ok: true, gone, left }));
  else console.log(inWords(gone, left));
  return 0;
}

function inWords(gone: number, left: number): string {
  const done = gone === 0 ? "Nothing was known under this name." : `Forgotten: ${gone}.`;
  if (left === 0) return done;
  return `${gone === 0 ? "" : `${done} `}Still going on, and left as it is: ${left}. Call this again later.`;
}

function readPerson({ email, ...flags }: Given<typeof forgetFlags>): PersonName {
  const names: PersonName[] = [
    ...(email === undefined ? [] : [{ email: readEmail(email) }]),
    ...(flags["player-id"] ?? []).map((playerId) => ({ playerId })),
    ...(flags["connect-code"] === undefined ? [] : [{ connectCode: flags["connect-code"] }]),
    ...(flags.wallet === undefined ? [] : [{ wallet: flags.wallet }]),
  ];
  const [person] = names;
  if (person === undefined || names.length > 1 || Object.values(person).some((name) => name.trim() === "")) {
    throw new UsageError("forget takes one of --email, --player-id, --connect-code and --wallet.");
  }
  return person;
}
