import type { NewToken } from "./token-records.ts";

/** Somebody who signs in here with a password. */
export interface Account {
  /** Normalised; see core's `normalEmail`. */
  readonly email: string;
  /** Opaque to every adapter. */
  readonly passwordHash: string;
  /** In ms. */
  readonly createdAt: number;
  /** The newest sign-in, in ms. */
  readonly signedInAt: number;
}

export interface SignUp {
  readonly email: string;
  readonly passwordHash: string;
  /** The account's first token. */
  readonly token: NewToken;
  /** Digest of an invite that is used up by this; null: none is asked for. */
  readonly invite: string | null;
}

/** A secret handed out once; only its digest is kept. Times in ms. */
export interface OneTime {
  readonly digest: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** What went with an account. */
export interface Removal {
  readonly tokenIds: readonly string[];
  /** Whose contact it was. */
  readonly contacts: readonly string[];
  /** When that ended, among the steps between it and them; see {@link ContactRecords.step}. 0 if it had none. */
  readonly order: number;
  /** Entries of the audit log that named it, and do no more. */
  readonly acts: number;
}

/**
 * Accounts, and the invites and reset codes that operators hand out. Of invites, codes and tokens only digests are kept.
 *
 * Atomicity: each verb is one step; of two that race for an address, an invite or a code, one wins and the other sees
 * that. Durability: what a resolved promise said survives a crash of this process and, if the store's disk keeps its
 * word, a power cut. Staleness: invites and codes past their time are good for nothing, swept or not. Missing accounts:
 * null or false. Cost: no verb depends on how many accounts there are by more than a logarithm.
 *
 * Every verb throws StoreUnavailable if the store is away; it is then unknown whether the step was done.
 */
export interface AccountRecords {
  /** Makes an account with its first token. Unless it says `created`, nothing has changed; the invite is still good. */
  create(signUp: SignUp, now: number): Promise<"created" | "taken" | "bad_invite">;
  find(email: string): Promise<Account | null>;
  /**
   * Replaces the password if it is still the one with hash `from`, and revokes all tokens but `keep`. The ids of these;
   * null if nothing was done.
   */
  changePassword(email: string, from: string, to: string, keep: string | null): Promise<readonly string[] | null>;
  /** Whether a reset code is good right now. */
  hasResetCode(email: string, code: string, now: number): Promise<boolean>;
  /** Uses a reset code up, replaces the password, revokes all tokens. Their ids; null if the code is not good. */
  resetPassword(email: string, code: string, to: string, now: number): Promise<readonly string[] | null>;
  /**
   * Forgets an account if its password is still the one with this hash, and all that is kept under its address: tokens,
   * codes, invites for it, contacts of both directions, and its name where operators did something to it. With null, whether there is an account or not: all but that
   * account and its tokens. Null if nothing was done.
   */
  remove(email: string, passwordHash: string | null): Promise<Removal | null>;
  /** `email`: the only address it is good for; null: any. */
  addInvite(invite: OneTime, email: string | null): Promise<void>;
  /** True if an account with this address could be made with the invite. */
  hasInvite(digest: string, email: string, now: number): Promise<boolean>;
  /** Takes the place of the account's code before. False if there is no such account. */
  addResetCode(code: OneTime, email: string): Promise<boolean>;
  /**
   * Forgets accounts that were last signed in to at or before then and have no tokens, at most `limit`, as `remove`
   * does. Who they were.
   */
  removeUnused(before: number, limit: number): Promise<readonly (Removal & { readonly email: string })[]>;
  /** Forgets tokens, invites and codes past their time, at most `limit` of each. Returns how many. */
  sweep(now: number, limit: number): Promise<number>;
}
