/** A token of our own login as it is kept: never the token itself. */
export interface NewToken {
  /** Names it without being it. */
  readonly id: string;
  readonly digest: string;
  readonly email: string;
  /** What its user calls it; null: nothing. */
  readonly name: string | null;
  /** The program that it was issued to, in its own words; null if it said nothing. */
  readonly userAgent: string | null;
  /** In ms. */
  readonly createdAt: number;
  /** In ms. */
  readonly expiresAt: number;
}

export interface TokenRecord extends NewToken {
  /** In ms; coarse: it may have been used a little later. */
  readonly lastUsedAt: number;
}

/**
 * The tokens by which accounts are signed in. Atomicity and durability are those of the accounts' records. Staleness: a
 * token past its time is never returned, swept or not. Missing tokens: null or left out.
 *
 * Every verb throws StoreUnavailable if the store is away; it is then unknown whether the step was done.
 */
export interface TokenRecords {
  /**
   * Adds a token if the account's password is still the one with hash `proven.from`, which `proven.to` then replaces, and
   * notes the sign-in. Past `most` tokens those used longest ago go; their ids. Null if nothing was done.
   */
  issue(
    token: NewToken,
    proven: { readonly from: string; readonly to: string },
    most: number,
  ): Promise<readonly string[] | null>;
  find(digest: string, now: number): Promise<TokenRecord | null>;
  /** Notes that a token was used. */
  touch(id: string, now: number): Promise<void>;
  /** Those of an account, the newest first. */
  list(email: string, now: number): Promise<readonly TokenRecord[]>;
  /** True if the account had this token; it has it no longer. */
  revoke(email: string, id: string): Promise<boolean>;
  /** Revokes all tokens of an account but one. Their ids. */
  revokeOthers(email: string, keep: string): Promise<readonly string[]>;
  /** Those of the ids that stand for no good token. */
  missing(ids: readonly string[], now: number): Promise<readonly string[]>;
}
