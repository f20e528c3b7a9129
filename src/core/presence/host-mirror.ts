import type { Host } from "./host.ts";

/** A host as another program's record shows it. */
export type ForeignHost = Omit<Host, "foreign" | "revision" | "subject">;

/**
 * What a face with a documented store keeps beside the pool. Writes show a host as of its revision, and an older one
 * never undoes a newer. The pool's own leases are the truth; the mirror shows
 * them to programs of another make and says what those have written.
 */
export interface HostMirror {
  /** A beat was taken: the host's record is written anew and lives for `ttlMs`. */
  beat(host: Host, ttlMs: number): Promise<void>;
  /** The host changed between two beats. */
  changed(host: Host): Promise<void>;
  /** The host came free, and nobody has said so: what another program has written since is left as it is. */
  freed(host: Host): Promise<void>;
  /** The host is gone; `revision`: of its end. */
  left(id: string, revision: number): Promise<void>;
  /**
   * Asked before a claimed host is given away. The host as its record now shows it, or null if the record is gone, or
   * another program has written there that it is not free. A record that is our own shows the claim from now on; one of
   * another program is left to {@link changed}.
   */
  confirm(host: Host): Promise<Confirmed | null>;
}

/** A claimed host that may be given away. */
export interface Confirmed {
  readonly host: Host;
  /** Whether its record shows the claim already. */
  readonly isShown: boolean;
}
