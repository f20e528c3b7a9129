/** Who a token stands for. */
export interface Identity {
  /** In the form in which addresses are compared: lower case. */
  readonly email: string;
  /** Names the token without being it; null for a token that somebody else has issued. */
  readonly tokenId: string | null;
  /** In ms, by the time of day of this node. */
  readonly expiresAt: number;
}

/** What became of contacts: `who` and the others that the news names are contacts now, or are none. */
export interface ContactChange {
  readonly who: string;
  readonly are: boolean;
  /** Of two changes between the same two the later has the greater. */
  readonly order: number;
}

/** The contacts of these users have changed. `change` is missing in what older nodes tell. */
export interface ContactNews {
  readonly type: "contacts";
  readonly emails: readonly string[];
  readonly change?: ContactChange;
}

export type AccountNews =
  | ContactNews
  /** These tokens are good no longer. */
  | { readonly type: "revoked"; readonly tokenIds: readonly string[] }
  /** All that was known of these users is gone, whatever tokens they came with. */
  | { readonly type: "removed"; readonly emails: readonly string[] }
  /** Players with these ids, connect codes or wallets are known no more, nor are hosts with these ids. */
  | { readonly type: "forgotten"; readonly names: readonly string[] }
  /** News may have been missed: anything may have changed. */
  | { readonly type: "gap" };

/**
 * Hears news. `isAwaited`: whoever tells it on this node waits for what comes back, which may bring it to other nodes by
 * a way that says when it is there.
 */
export type HearNews = (news: AccountNews, isAwaited: boolean) => void | Promise<void>;

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
  onNews(hear: HearNews): () => void;
}
