/**
 * Where things live that one node must hold, such as a room. An engine hands out one object a kind; kinds never see
 * each other.
 *
 * Atomicity: every verb is one step for each name; a name never has two homes at a time. A home that is not renewed ends
 * after its time to live. Missing names have no home.
 */
export interface Homes {
  /**
   * The home of `name`: the one it has, or else `node`, which is its home from now on for `ttlMs`. `insteadOf` is a
   * node known to be dead: a home there counts as none.
   *
   * @throws {StoreUnavailable}
   */
  settle(name: string, node: string, ttlMs: number, insteadOf?: string): Promise<string>;
  /**
   * Prolongs homes at `node`. Those which are not there any more come back, and are left as they are. If the store fails
   * in the middle, some are prolonged and some are not.
   *
   * @throws {StoreUnavailable}
   */
  renew(names: readonly string[], node: string, ttlMs: number): Promise<readonly string[]>;
  /** Gives a home up, if it is still at `node`. @throws {StoreUnavailable} */
  release(name: string, node: string): Promise<void>;
  /** The home, without settling; null for none. @throws {StoreUnavailable} */
  find(name: string): Promise<string | null>;
}
