/** More passwords wait to be hashed than can be in good time; the caller may try again. */
export class PasswordsBusy extends Error {
  readonly code = "passwords_busy";
  readonly status = 503;

  constructor() {
    super("Too many people are signing in right now; try again shortly.");
    this.name = "PasswordsBusy";
  }
}

/**
 * Hashes passwords, slowly on purpose and away from whatever else this process does. What waits is bounded.
 */
export interface Passwords {
  /** A hash of its own each time, which says how it was made. @throws {PasswordsBusy} */
  hash(password: string): Promise<string>;
  /**
   * Whether this is the password with that hash; `stale`: it is, but new hashes are made otherwise by now. Without a
   * hash it is always `wrong`, and takes just as long. @throws {PasswordsBusy}
   */
  verify(password: string, hash: string | null): Promise<"good" | "stale" | "wrong">;
}
