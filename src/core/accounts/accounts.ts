import type { Account, AccountRecords, Removal } from "../../ports/account-records.ts";
import type { Passwords } from "../../ports/passwords.ts";
import type { TokenRecord, TokenRecords } from "../../ports/token-records.ts";
import { DomainError } from "../errors/errors.ts";
import type { Attempts } from "./attempts.ts";
import type { Identity } from "./directory.ts";
import type { AccountNewsFeed } from "./news.ts";
import { newToken, type Device, type NewTokenDeps, type SignedIn } from "./new-token.ts";
import { normalPassword } from "./password.ts";
import { digestOf, formOf } from "./secrets.ts";

/** Tokens that an account may have; past them those used longest ago go. */
const MOST_TOKENS = 100;

/** Rows of a kind that one step of a sweep takes, so that no step takes long. */
const SWEEP_STEP = 500;

/** Accounts that one step of it forgets: each has rows of many kinds. */
const UNUSED_STEP = 50;

/** Who may make an account: anybody, whoever has an invite, or nobody. */
export type SignUpRule = "open" | "invite" | "off";

export interface Credentials {
  /** Normalised. */
  readonly email: string;
  readonly password: string;
}

export interface AccountsOptions extends NewTokenDeps {
  readonly records: AccountRecords;
  readonly tokens: TokenRecords;
  readonly passwords: Passwords;
  readonly attempts: Attempts;
  readonly news: AccountNewsFeed;
  readonly signUp: SignUpRule;
  /** How long an account is kept that nobody signs in to, in ms; null: for ever. */
  readonly keepUnusedMs?: number | null;
}

/** People who sign in here with an address and a password. Every verb also throws StoreUnavailable and PasswordsBusy. */
export class Accounts {
  readonly #deps: AccountsOptions;

  constructor(deps: AccountsOptions) {
    this.#deps = deps;
  }

  /**
   * Makes an account and signs it in. That an address is taken cannot be hidden, since whoever gets a token sees that
   * it was not; but where an invite is asked for, only those who have one are told.
   *
   * @throws {DomainError} signup_closed, bad_invite, account_exists
   */
  async signUp({ email, password }: Credentials, invite: string | null, device: Device): Promise<SignedIn> {
    const { records, clock, passwords, signUp } = this.#deps;
    if (signUp === "off") throw new DomainError("signup_closed");
    const digest = signUp === "invite" ? digestOf(invite ?? "") : null;
    if (digest !== null && !(await records.hasInvite(digest, email, clock.now()))) throw new DomainError("bad_invite");
    // Spares the hash where it would be for nothing; who is first is decided below.
    if ((await records.find(email)) !== null) throw new DomainError("account_exists");
    const passwordHash = await passwords.hash(normalPassword(password));
    const { token, signedIn } = newToken(this.#deps, email, device);
    const outcome = await records.create({ email, passwordHash, token, invite: digest }, token.createdAt);
    if (outcome === "created") return signedIn;
    throw new DomainError(outcome === "taken" ? "account_exists" : "bad_invite");
  }

  /**
   * A wrong password and an unknown address are answered alike, and take as long.
   *
   * @throws {DomainError} wrong_login, too_many_attempts
   */
  async signIn({ email, password }: Credentials, device: Device): Promise<SignedIn> {
    const account = await this.#deps.records.find(email);
    const to = await this.#prove(email, account, password);
    if (to === null) throw new DomainError("wrong_login");
    const { token, signedIn } = newToken(this.#deps, email, device);
    const gone = await this.#deps.tokens.issue(token, { from: account!.passwordHash, to }, MOST_TOKENS);
    // The password is another one since a moment ago.
    if (gone === null) throw new DomainError("wrong_login");
    this.#revoked(gone);
    return signedIn;
  }

  /** @throws {DomainError} no_password */
  async signOut(who: Identity): Promise<void> {
    const tokenId = ownToken(who);
    if (await this.#deps.tokens.revoke(who.email, tokenId)) this.#revoked([tokenId]);
  }

  /** The newest first. */
  async tokensOf(who: Identity): Promise<readonly TokenRecord[]> {
    return who.tokenId === null ? [] : this.#deps.tokens.list(who.email, this.#deps.clock.now());
  }

  /** @throws {DomainError} token_not_found, no_password */
  async revoke(who: Identity, tokenId: string): Promise<void> {
    ownToken(who);
    const known = formOf(tokenId) === "uuid" && (await this.#deps.tokens.revoke(who.email, tokenId));
    if (!known) throw new DomainError("token_not_found");
    this.#revoked([tokenId]);
  }

  /** Revokes all tokens but the one in use. How many. @throws {DomainError} no_password */
  async revokeOthers(who: Identity): Promise<number> {
    const gone = await this.#deps.tokens.revokeOthers(who.email, ownToken(who));
    this.#revoked(gone);
    return gone.length;
  }

  /**
   * Revokes all tokens but the one in use. How many.
   *
   * @throws {DomainError} no_password, wrong_password, too_many_attempts
   */
  async changePassword(who: Identity, current: string, password: string): Promise<number> {
    const { records, passwords } = this.#deps;
    const keep = ownToken(who);
    const account = await records.find(who.email);
    if ((await this.#prove(who.email, account, current)) === null) throw new DomainError("wrong_password");
    const to = await passwords.hash(normalPassword(password));
    const gone = await records.changePassword(who.email, account!.passwordHash, to, keep);
    if (gone === null) throw new DomainError("wrong_password");
    this.#revoked(gone);
    return gone.length;
  }

  /**
   * Sets a password by a code that an operator has handed out, and revokes all tokens. An address without an account and
   * a wrong code are answered alike. A code is too long to be guessed, so that guesses lock nobody out.
   *
   * @throws {DomainError} bad_code
   */
  async resetPassword({ email, password }: Credentials, code: string): Promise<void> {
    const { records, passwords, clock } = this.#deps;
    const digest = digestOf(code);
    // Spares the hash where it would be for nothing; who uses the code up is decided below.
    if (!(await records.hasResetCode(email, digest, clock.now()))) throw new DomainError("bad_code");
    const to = await passwords.hash(normalPassword(password));
    const gone = await records.resetPassword(email, digest, to, clock.now());
    if (gone === null) throw new DomainError("bad_code");
    this.#revoked(gone);
  }

  /**
   * Forgets somebody, and all that is kept under that address. Whoever signs in elsewhere has no password to give, and
   * no account to lose but its contacts.
   *
   * @throws {DomainError} wrong_password, too_many_attempts
   */
  async remove(who: Identity, password: string): Promise<void> {
    const { records } = this.#deps;
    let hash: string | null = null;
    if (who.tokenId !== null) {
      const account = await records.find(who.email);
      if ((await this.#prove(who.email, account, password)) === null) throw new DomainError("wrong_password");
      hash = account!.passwordHash;
    }
    const gone = await records.remove(who.email, hash);
    if (gone === null) throw new DomainError("wrong_password");
    this.#removed(who.email, gone);
  }

  /** Forgets what is past its time. Any node may do it at any time. */
  async sweep(): Promise<void> {
    const { records, clock, keepUnusedMs = null } = this.#deps;
    while ((await records.sweep(clock.now(), SWEEP_STEP)) >= SWEEP_STEP);
    if (keepUnusedMs === null) return;
    for (;;) {
      const gone = await records.removeUnused(clock.now() - keepUnusedMs, UNUSED_STEP);
      for (const { email, ...what } of gone) this.#removed(email, what);
      if (gone.length === 0) return;
    }
  }

  /** The hash that the account shall have from now on; null if the password is wrong. */
  async #prove(email: string, account: Account | null, password: string): Promise<string | null> {
    const { passwords, attempts } = this.#deps;
    await attempts.take(email, account?.signedInAt ?? 0);
    const verdict = await passwords.verify(normalPassword(password), account?.passwordHash ?? null);
    if (account === null || verdict === "wrong") return null;
    return verdict === "stale" ? passwords.hash(normalPassword(password)) : account.passwordHash;
  }

  #removed(email: string, { tokenIds, contacts, order }: Removal): void {
    this.#revoked(tokenIds);
    this.#deps.news.tell({ type: "removed", emails: [email] });
    const change = { who: email, are: false, order };
    this.#deps.news.tell({ type: "contacts", emails: [email, ...contacts], change });
  }

  #revoked(tokenIds: readonly string[]): void {
    if (tokenIds.length > 0) this.#deps.news.tell({ type: "revoked", tokenIds });
  }
}

/** @throws {DomainError} no_password for whoever signs in elsewhere */
function ownToken({ tokenId }: Identity): string {
  if (tokenId === null) throw new DomainError("no_password");
  return tokenId;
}
