import type { AccountRecords, Removal } from "../../ports/account-records.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ContenderName, Forgotten, PersonRecords } from "../../ports/person-records.ts";
import { GIVEN_UP_MS } from "../chain/wager-watch.ts";

/** By what somebody is known. */
export type PersonName =
  | { readonly email: string }
  | { readonly playerId: string }
  | { readonly connectCode: string }
  | { readonly wallet: string };

export interface ForgetDeps {
  readonly accounts: AccountRecords;
  readonly persons: PersonRecords;
  readonly clock: Clock;
  /** What went with an address. */
  readonly onRemoved?: (email: string, removal: Removal) => void;
  /** By which names a player was known. */
  readonly onForgotten?: (names: readonly string[]) => void;
}

/** Forgets somebody at an operator's word, under one of their names; see the port for what stays. */
export async function forget(deps: ForgetDeps, person: PersonName): Promise<Forgotten> {
  const { persons, clock, onForgotten } = deps;
  if ("email" in person) return forgetAddress(deps, person.email);
  const [name, forgotten] =
    "playerId" in person
      ? [person.playerId, await persons.player(person.playerId, clock.now())]
      : [nameOf(person), await persons.contender(person, clock.now() - GIVEN_UP_MS)];
  onForgotten?.([name, ...forgotten.also]);
  return forgotten;
}

async function forgetAddress({ accounts, onRemoved }: ForgetDeps, email: string): Promise<Forgotten> {
  for (;;) {
    const account = await accounts.find(email);
    const removal = await accounts.remove(email, account?.passwordHash ?? null);
    // Null: the password is another one since a moment ago.
    if (removal === null) continue;
    onRemoved?.(email, removal);
    const { tokenIds, contacts, acts } = removal;
    return { gone: (account === null ? 0 : 1) + tokenIds.length + contacts.length + acts, left: 0, also: [] };
  }
}

function nameOf(contender: ContenderName): string {
  return "wallet" in contender ? contender.wallet : contender.connectCode;
}
