/** Where a client stands once its request is counted. */
export interface Standing {
  readonly allowed: boolean;
  /** The budget's name, as headers show it. */
  readonly name: string;
  /** Requests a window. */
  readonly limit: number;
  readonly windowMs: number;
  /** Requests left right now. */
  readonly remaining: number;
  /** Until all of `limit` is there again, in ms. */
  readonly resetMs: number;
  /** Until the next request would be allowed, in ms; 0 while some are left. */
  readonly retryMs: number;
}

/** Counts requests and says when there are too many. */
export interface RequestLimit {
  /**
   * Counts one request. Never fails: without its store it counts alone.
   *
   * @param client whom to count it on; see `clientKey`
   * @param own names a budget beside the client's, such as a host whose heartbeats must not share a NAT's
   */
  take(client: string, own?: string): Promise<Standing>;
  /** False: calls from this machine itself are not counted. */
  readonly countsLocal: boolean;
}
