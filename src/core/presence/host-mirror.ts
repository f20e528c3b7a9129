import type { Host } from "./host.ts";

/** A host as another program's record shows it. */
export type ForeignHost = Omit<Host, "foreign">;

/**
 * What a face with a documented store keeps beside the pool. The pool's own leases are the truth; the mirror shows
 * them to programs of another make and says what those have written.
 */
export interface HostMirror {
  /** A beat was taken: the host's record is written anew and lives for `ttlMs`. */
  beat(host: Host, ttlMs: number): Promise<void>;
  /** The host changed between two beats. */
  changed(host: Host): Promise<void>;
  left(id: string): Promise<void>;
  /**
   * Asked before a claimed host is given away. The host as its record now shows it, or null if the record is gone or
   * says that it is not free. `oursLapsed`: an `allocated` found there is our own, of an allocation that lapsed.
   */
  confirm(host: Host, oursLapsed: boolean): Promise<Host | null>;
}
