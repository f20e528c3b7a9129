import { createArgon2Passwords } from "../adapters/passwords/argon2.ts";
import { createDirectory } from "../core/accounts/account-directory.ts";
import { Accounts, type SignUpRule } from "../core/accounts/accounts.ts";
import { createAttempts } from "../core/accounts/attempts.ts";
import { Contacts } from "../core/accounts/contacts.ts";
import type { Directory } from "../core/accounts/directory.ts";
import { createIdentify } from "../core/accounts/identify.ts";
import { createAccountNews, type AccountNewsFeed } from "../core/accounts/news.ts";
import type { Config } from "./config/settings.ts";
import type { Engine } from "./engine.ts";
import { daysOrEver } from "./retention.ts";
import { createVerifier } from "./gate.ts";
import type { Limits } from "./limits.ts";
import type { RecordKeeper } from "./records.ts";

/** People: who they are, and who they know. */
export interface People {
  readonly accounts: Accounts;
  readonly contacts: Contacts;
  readonly directory: Directory;
  readonly news: AccountNewsFeed;
}

const DAY_MS = 24 * 3_600_000;

export async function createPeople(
  config: Config,
  engine: Engine,
  records: RecordKeeper,
  limits: Limits,
  failed: (error: unknown) => void,
): Promise<People> {
  const { random, bus, rates } = engine;
  // What is compared with the times in the records goes by these.
  const { clock, tokens } = records;
  const news = createAccountNews({ bus, random, clock: engine.clock, failed });
  const { timeOfDay } = engine;
  const verifier = await createVerifier(config, timeOfDay);
  const identify = createIdentify({ tokens, verifier, clock, timeOfDay, failed });
  return {
    news,
    accounts: new Accounts({
      records: records.accounts,
      tokens,
      passwords: createArgon2Passwords({ random }),
      attempts: createAttempts(rates, limits.table.login.account, () => limits.refusals.over("login", "account")),
      news,
      clock,
      random,
      signUp: signUpRule(config),
      tokenTtlMs: config.TOKEN_TTL_DAYS * DAY_MS,
      keepUnusedMs: daysOrEver(config.ACCOUNT_RETENTION_DAYS),
    }),
    contacts: new Contacts({ records: records.contacts, news, clock }),
    directory: createDirectory({ identify, tokens, contacts: records.contacts, news, clock }),
  };
}

/**
 * Who may sign up. Where an identity provider vouches for addresses nobody may merely claim one, unless the operator
 * says so.
 */
export function signUpRule({ SIGNUP, JWT_SECRET, JWT_JWKS_URL }: Config): SignUpRule {
  return SIGNUP ?? (JWT_SECRET === null && JWT_JWKS_URL === null ? "open" : "off");
}
