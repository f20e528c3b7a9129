import { Emitter } from "./emitter.ts";
import { RendezvousError } from "./errors.ts";
import { PeerLinks, type PeerLink } from "./signaling.ts";

/** What every place where peers meet tells. */
export interface GatheringEvents {
  /** Somebody is here: when we come, or later. */
  joined: string;
  left: string;
  /** The connection broke; it comes back by itself. */
  lost: undefined;
  /** There is no way back; null: left by ourselves. */
  closed: RendezvousError | null;
}

/** A place where peers meet by name: a room, or a session's signaling. */
export abstract class Gathering<Events extends GatheringEvents> extends Emitter<Events> {
  /** Resolves when we are in. Rejects if there is no way in. */
  readonly ready: Promise<void>;
  /** @internal */
  protected readonly links: PeerLinks = new PeerLinks();
  /** @internal */
  protected entered: () => void = () => undefined;
  /** Rejects once it is closed. */
  readonly #closed: Promise<never>;

  constructor() {
    super();
    this.#closed = new Promise((_, failed) => {
      this.on("closed", (error) => failed(error ?? new RendezvousError("left")));
    });
    this.ready = Promise.race([this.#closed, new Promise<void>((ready) => (this.entered = ready))]);
    // Whoever does not wait for it hears of it by the event.
    this.#closed.catch(() => undefined);
    this.ready.catch(() => undefined);
  }

  /** The others who are here. */
  abstract get peers(): readonly string[];

  /** A way to this peer, for `connectPeer`. */
  abstract signaling(peerId: string): PeerLink;

  /** A way to whoever is here, or else to the next one who comes: for `connectPeer`. Rejects when it is closed. */
  async meet(): Promise<PeerLink> {
    await Promise.race([this.#closed, this.ready]);
    const [first] = this.peers;
    if (first !== undefined) return this.signaling(first);
    const next = new Promise<PeerLink>((met) => {
      const stop = this.on("joined", (peerId) => {
        stop();
        met(this.signaling(peerId));
      });
    });
    return Promise.race([this.#closed, next]);
  }
}
