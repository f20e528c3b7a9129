/** An adapter could not reach what it stores in; the caller may try again. The cause stays in the logs. */
export class StoreUnavailable extends Error {
  readonly code = "store_unavailable";
  readonly status = 503;

  constructor(cause: unknown) {
    super("The store is not reachable; try again shortly.", { cause });
    this.name = "StoreUnavailable";
  }
}

/** The store can be reached, but has too much to do already: this was not sent. */
export class StoreOverloaded extends StoreUnavailable {
  constructor(why: string) {
    super(new Error(why));
    this.name = "StoreOverloaded";
  }
}
