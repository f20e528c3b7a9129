import { createMemoryBus } from "../../src/adapters/memory/bus.ts";
import { createMemoryRates } from "../../src/adapters/memory/rates.ts";
import { createArgon2Passwords } from "../../src/adapters/passwords/argon2.ts";
import { systemRandom } from "../../src/adapters/system/random.ts";
import { createDirectory } from "../../src/core/accounts/account-directory.ts";
import { Accounts, type AccountsOptions } from "../../src/core/accounts/accounts.ts";
import { createAttempts } from "../../src/core/accounts/attempts.ts";
import { Contacts } from "../../src/core/accounts/contacts.ts";
import type { AccountNews } from "../../src/core/accounts/directory.ts";
import { createIdentify } from "../../src/core/accounts/identify.ts";
import { createAccountNews } from "../../src/core/accounts/news.ts";
import type { Bus } from "../../src/ports/bus.ts";
import type { TokenVerifier } from "../../src/ports/tokens.ts";
import type { TestRecords } from "./records.ts";

/** Cheap enough for tests that are not about the cost. */
export const cheapPasswords = createArgon2Passwords({
  random: systemRandom,
  cost: { memory: 64, passes: 1, parallelism: 1 },
});

/** The accounts of one node, as the program puts them together. */
export function peopleOn(
  records: TestRecords,
  more: Partial<AccountsOptions> & { readonly bus?: Bus; readonly verifier?: TokenVerifier } = {},
) {
  const { clock, tokens } = records;
  const failures: unknown[] = [];
  const failed = (error: unknown): void => void failures.push(error);
  const news = createAccountNews({ bus: more.bus ?? createMemoryBus(), random: systemRandom, clock, failed });
  news.start();
  const heard: AccountNews[] = [];
  news.hear((one) => void heard.push(one));
  const identify = createIdentify({ tokens, verifier: more.verifier ?? null, clock, timeOfDay: clock, failed });
  return {
    accounts: new Accounts({
      records: records.accounts,
      tokens,
      passwords: cheapPasswords,
      attempts: createAttempts(createMemoryRates({ clock })),
      news,
      clock,
      random: systemRandom,
      signUp: "open",
      tokenTtlMs: 3_600_000,
      ...more,
    }),
    contacts: new Contacts({ records: records.contacts, news, clock }),
    directory: createDirectory({ identify, tokens, contacts: records.contacts, news, clock }),
    heard,
    failures,
  };
}
