import type { Clock } from "../../ports/clock.ts";
import type { Presence } from "../../ports/presences.ts";
import { isAnnounced, type Listener } from "./listener.ts";

/**
 * How long a peer of another node must be missing in the store before it is taken for gone, in ms: when the store has
 * lost everything, the others need a moment to say again that they are there.
 */
export const DOUBT_MS = 4_000;

/**
 * Those who listen to one session: the listeners of this node, and which peers are announced on any node. Every change
 * of the latter is told at once to those of this node who are announced, and to nobody twice.
 */
export class Gathering {
  readonly session: string;
  /** Steps underway that will need this gathering. */
  busy = 0;
  readonly #here = new Map<string, Listener>();
  readonly #announced = new Map<string, Presence>();
  /**
   * When the newest connection began that is known of a peer, even if it has ended: nodes are heard in any order, and
   * what is said of older ones comes too late.
   */
  readonly #newest = new Map<string, number>();
  #absent = new Set<string>();
  /** Announced connections that the store does not have, and since when that is known. */
  #doubts = new Map<string, number>();
  #reads = 0;
  /** Connections that ended while the store was being read: what was read may still have them. */
  readonly #endedMeanwhile = new Set<string>();

  constructor(session: string) {
    this.session = session;
  }

  get size(): number {
    return this.#here.size;
  }

  get listeners(): readonly Listener[] {
    return [...this.#here.values()];
  }

  listenerOf(peer: string): Listener | undefined {
    return this.#here.get(peer);
  }

  /** The announced peers but this one. */
  others(peer: string): readonly string[] {
    return [...this.#announced.keys()].filter((one) => one !== peer);
  }

  /** Takes a listener in, in place of an earlier one of the same peer; whichever is older is ended. */
  seat(listener: Listener): void {
    if (this.#isLate(listener.presence)) return listener.end("replaced");
    const former = this.#here.get(listener.peer);
    this.#here.set(listener.peer, listener);
    this.#stand(listener.presence);
    former?.end("replaced");
  }

  /** False if the listener had been replaced: it has nothing left to give up. */
  unseat(listener: Listener): boolean {
    if (this.#here.get(listener.peer) !== listener) return false;
    this.#here.delete(listener.peer);
    this.part(listener.presence);
    return true;
  }

  announce(listener: Listener): void {
    listener.announced = true;
    this.#stand(listener.presence);
  }

  /** A peer is there by this connection to another node. */
  hear(presence: Presence): void {
    if (this.#isLate(presence)) return;
    const local = this.#here.get(presence.member);
    this.#here.delete(presence.member);
    this.#stand(presence);
    local?.end("replaced");
  }

  /** A listener of this node cannot stand: the store has another connection of its peer. */
  giveWay(listener: Listener, stands: Presence): void {
    // Both may have begun in one millisecond; the store has decided.
    if (this.#here.get(listener.peer) === listener) this.#newest.delete(listener.peer);
    this.hear(stands);
  }

  /** The connection has ended; a newer one of the same peer stays. */
  part(presence: Presence): void {
    const { member: peer, connection, since } = presence;
    if (this.#reads > 0) this.#endedMeanwhile.add(connection);
    if (this.#isLate(presence)) return;
    this.#newest.set(peer, since);
    if (!this.#announced.delete(peer)) return;
    for (const other of this.#announcedHere(peer)) other.link.departed(peer);
  }

  /** Ends what a dead node held. */
  partNode(node: string): void {
    const gone = [...this.#announced.values()].filter((one) => one.node === node);
    for (const presence of gone) this.part(presence);
  }

  /**
   * Takes in what the store says, except of this node's own. Others go on telling while it is being read. True: some
   * are missing in it whose end was not told, so it is to be read again in {@link DOUBT_MS}.
   */
  async merge(read: () => Promise<readonly Presence[]>, isOurs: (presence: Presence) => boolean, clock: Clock) {
    const before = [...this.#announced.values()].filter((one) => !isOurs(one));
    this.#reads++;
    try {
      const present = await read();
      for (const presence of present) {
        if (!isOurs(presence) && !this.#endedMeanwhile.has(presence.connection)) this.hear(presence);
      }
      const standing = new Set(present.map(({ connection }) => connection));
      this.#doubt(
        before.filter(({ connection }) => !standing.has(connection)),
        clock.now(),
      );
      return { present, isDoubtful: this.#doubts.size > 0 };
    } finally {
      if (--this.#reads === 0) this.#endedMeanwhile.clear();
    }
  }

  #doubt(missing: readonly Presence[], now: number): void {
    const before = this.#doubts;
    this.#doubts = new Map();
    for (const presence of missing) {
      const { member, connection } = presence;
      if (this.#announced.get(member)?.connection !== connection) continue;
      const since = before.get(connection) ?? now;
      if (now - since >= DOUBT_MS) this.part(presence);
      else this.#doubts.set(connection, since);
    }
  }

  /** To be called now and then: of those who were away the last time, too, no late news comes any more. */
  forgetAbsent(): void {
    const absent = [...this.#newest.keys()].filter((peer) => !this.#here.has(peer) && !this.#announced.has(peer));
    for (const peer of absent) if (this.#absent.has(peer)) this.#newest.delete(peer);
    this.#absent = new Set(absent);
  }

  #isLate({ member, since }: Presence): boolean {
    return (this.#newest.get(member) ?? 0) > since;
  }

  #stand(presence: Presence): void {
    const { member: peer, since } = presence;
    this.#newest.set(peer, since);
    const wasKnown = this.#announced.has(peer);
    if (isAnnounced(presence)) this.#announced.set(peer, presence);
    else this.#announced.delete(peer);
    // Nobody need know that a peer has another connection now.
    if (wasKnown === this.#announced.has(peer)) return;
    for (const other of this.#announcedHere(peer)) {
      if (wasKnown) other.link.departed(peer);
      else other.link.arrived(peer);
    }
  }

  #announcedHere(besides: string): readonly Listener[] {
    return this.listeners.filter((one) => one.announced && one.isAdmitted && one.peer !== besides);
  }
}
