/** What a token that is good says. */
export interface TokenContent {
  /** Whom it names; never empty. */
  readonly subject: string;
  /** In ms. */
  readonly expiresAt: number;
  /** All it carries, as it came. */
  readonly claims: Readonly<Record<string, unknown>>;
}

export type Verdict =
  | ({ readonly verdict: "good" } & TokenContent)
  /** `reason` may be shown to whoever sent the token. */
  | { readonly verdict: "bad"; readonly reason: string }
  /** Nobody can say: the keys are out of reach. Never to be taken for good. */
  | { readonly verdict: "unknown"; readonly cause: unknown };

/**
 * Tells tokens of ours from all others. Never throws, whatever the text is. A good verdict means: signed with a key of
 * ours by an algorithm we chose beforehand, within its time, from the issuer and for the audience we expect.
 */
export interface TokenVerifier {
  verify(token: string): Promise<Verdict>;
}
