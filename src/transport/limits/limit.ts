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

/** Null: allowed, and nothing to say of it. */
export type Counted = Standing | null | Promise<Standing | null>;

/** Counts requests and says when there are too many. */
export interface RequestLimit {
  /**
   * Counts one request. Never fails: without its store it counts alone. A limit that needs no store answers at once.
   *
   * @param client whom to count it on; see `clientKey`
   * @param own names a budget beside the client's, such as a host whose heartbeats must not share a NAT's
   */
  take(client: string, own?: string): Counted;
  /** Counts it on whoever has proved who it is, wherever it calls from. */
  takeAccount?(subject: string): Counted;
  /** False: calls from this machine itself are not counted. */
  readonly countsLocal: boolean;
}

/** A request that counts on each of these, as long as the ones before let it through; undefined if there are none. */
export function allOf(...limits: readonly (RequestLimit | undefined)[]): RequestLimit | undefined {
  const some = limits.filter((limit) => limit !== undefined);
  if (some.length < 2) return some[0];
  const each = async (count: (limit: RequestLimit) => Counted | undefined): Promise<Standing | null> => {
    let worst: Standing | null = null;
    for (const limit of some) {
      worst = tighter(worst, (await count(limit)) ?? null);
      if (worst?.allowed === false) break;
    }
    return worst;
  };
  return {
    countsLocal: some.some(({ countsLocal }) => countsLocal),
    take: (client, own) => each((limit) => limit.take(client, own)),
    takeAccount: (subject) => each((limit) => limit.takeAccount?.(subject)),
  };
}

/** The one of two that the client meets first. */
export function tighter(one: Standing | null, other: Standing | null): Standing | null {
  if (one === null || other === null) return one ?? other;
  if (one.allowed !== other.allowed) return one.allowed ? other : one;
  return one.remaining <= other.remaining ? one : other;
}
