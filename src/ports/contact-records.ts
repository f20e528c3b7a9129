/** What somebody is to somebody else, as the one of them sees it. */
export const contactStatuses = ["accepted", "incoming", "outgoing", "blocked"] as const;
export type ContactStatus = (typeof contactStatuses)[number];

export interface Contact {
  /** The other one. */
  readonly email: string;
  readonly status: ContactStatus;
  /** When it became that, in ms. */
  readonly since: number;
}

/** How many contacts of each status somebody has. */
export type ContactCounts = Readonly<Record<ContactStatus, number>>;

/** How two people stand to each other; null: not at all. */
export interface Standing {
  readonly mine: ContactStatus | null;
  readonly theirs: ContactStatus | null;
}

/**
 * Says how they shall stand from now on. Called inside the step, so that nobody changes anything in between. Pure; may
 * run again when the step is repeated. What it throws cancels the step and comes out of the verb.
 */
export type ContactDecision = (
  now: Standing,
  counts: { readonly mine: ContactCounts; readonly theirs: ContactCounts },
) => Standing;

/** Who takes a step. */
export interface Actor {
  readonly email: string;
  /** The token of ours by which it is signed in; null: somebody else vouches for it. */
  readonly tokenId: string | null;
}

/**
 * Who knows whom, by their addresses: it does not matter whether there are accounts for them.
 *
 * Atomicity: each verb is one step; of two that concern one person, one comes first and the other sees what it did.
 * Durability is that of the accounts' records. Missing: nobody knows anybody. Cost: independent of how many people there
 * are, but for a logarithm.
 *
 * Every verb throws StoreUnavailable if the store is away; it is then unknown whether the step was done.
 */
export interface ContactRecords {
  /** By address. */
  list(email: string): Promise<readonly Contact[]>;
  /** The addresses of those who are `accepted`. */
  accepted(email: string): Promise<readonly string[]>;
  /**
   * Changes how an actor and another one stand to each other; never the actor and itself. How they stood before, and
   * the contact as the actor sees it now. Null, and nothing is done, if the actor's token is gone by now.
   *
   * `order`: of two steps that change how the same two stand, or a step and the removal of one of them, the later has
   * the greater, whichever process took it; 0 if nothing has changed.
   */
  step(
    actor: Actor,
    other: string,
    decide: ContactDecision,
    now: number,
  ): Promise<{
    readonly before: Standing;
    readonly after: Standing;
    readonly contact: Contact | null;
    readonly order: number;
  } | null>;
}
