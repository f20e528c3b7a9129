/** Who a token stands for. */
export interface Identity {
  /** In the form in which addresses are compared: lower case. */
  readonly email: string;
  /** Names the token without being it; null for a token that somebody else has issued. */
  readonly tokenId: string | null;
  /** In ms, by the time of day of this node. */
  readonly expiresAt: number;
}

export type AccountNews =
  /** The contacts of these users have changed. */
  | { readonly type: "contacts"; readonly emails: readonly string[] }
  /** These tokens are good no longer. */
  | { readonly type: "revoked"; readonly tokenIds: readonly string[] }
  /** All that was known of these users is gone, whatever tokens they came with. */
  | { readonly type: "removed"; readonly emails: readonly string[] }
  /** Players with these ids, connect codes or wallets are known no more, nor are hosts with these ids. */
  | { readonly type: "forgotten"; readonly names: readonly string[] }
  /** News may have been missed: anything may have changed. */
  | { readonly type: "gap" };

/** What the services that serve people need to know of their accounts. */
export interface Directory {
  /**
   * Takes a token of our own login (a UUID) or a JWT of the identity provider.
   *
   * @throws {DomainError} malformed_token, invalid_token, keys_unavailable
   * @throws {StoreUnavailable}
   */
  identify(token: string): Promise<Identity>;
  /** Those who are contacts of this user, and it of them. */
  contactsOf(email: string): Promise<ReadonlySet<string>>;
  /** Which of these tokens are good no longer. */
  revoked(tokenIds: readonly string[]): Promise<readonly string[]>;
  /** Calls `hear` with what changes, on whichever node; after a gap, with that. The function that comes back ends it. */
  onNews(hear: (news: AccountNews) => void): () => void;
}
