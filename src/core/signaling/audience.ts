import type { Mailboxes } from "../../ports/mailboxes.ts";
import { Listener, type ListenerEnd, type MailLink, type Place } from "./listener.ts";

/** How many peers may listen to one session at once. */
export const MAX_LISTENERS = 1_024;

/** Who listens to which session, on this node. */
export class Audience {
  readonly #mailboxes: Mailboxes;
  readonly #failed: (error: unknown) => void;
  readonly #sessions = new Map<string, Map<string, Listener>>();

  constructor(mailboxes: Mailboxes, failed: (error: unknown) => void) {
    this.#mailboxes = mailboxes;
    this.#failed = failed;
  }

  get size(): number {
    return [...this.#sessions.values()].reduce((sum, peers) => sum + peers.size, 0);
  }

  /** The sessions somebody listens to. */
  sessions(): readonly string[] {
    return [...this.#sessions.keys()];
  }

  /** Takes a listener in, in place of an earlier one of the same peer. One too many is ended at once. */
  admit(place: Place, link: MailLink): Listener {
    const { session, peer } = place;
    const listener = new Listener(place, link, {
      mailboxes: this.#mailboxes,
      announce: (newcomer) => this.#announce(newcomer),
      left: (gone) => this.#remove(gone),
    });
    const peers = this.#sessions.get(session) ?? new Map<string, Listener>();
    const former = peers.get(peer);
    if (former === undefined && peers.size >= MAX_LISTENERS) {
      listener.end("crowded");
      return listener;
    }
    this.#sessions.set(session, peers.set(peer, listener));
    if (former !== undefined) {
      // The others need not know that the peer has another connection now.
      listener.announced = former.announced;
      former.end("replaced");
    }
    listener.run().catch((error: unknown) => {
      this.#failed(error);
      listener.end("unavailable");
    });
    return listener;
  }

  endAll(why: ListenerEnd): void {
    for (const peers of [...this.#sessions.values()]) for (const listener of [...peers.values()]) listener.end(why);
  }

  #announce(newcomer: Listener): readonly string[] {
    const others = this.#announcedBeside(newcomer);
    if (!newcomer.announced && !newcomer.ended) {
      newcomer.announced = true;
      for (const other of others) other.link.arrived(newcomer.peer);
    }
    return others.map(({ peer }) => peer);
  }

  #announcedBeside({ session, peer }: Listener): readonly Listener[] {
    const all = [...(this.#sessions.get(session)?.values() ?? [])];
    return all.filter((one) => one.announced && one.peer !== peer);
  }

  #remove(gone: Listener): void {
    const peers = this.#sessions.get(gone.session);
    // One that was replaced has nothing left to give up.
    if (peers?.get(gone.peer) !== gone) return;
    peers.delete(gone.peer);
    if (gone.announced) for (const other of this.#announcedBeside(gone)) other.link.departed(gone.peer);
    if (peers.size === 0) this.#sessions.delete(gone.session);
  }
}
