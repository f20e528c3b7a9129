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
  /** Why nobody can be met here any more. */
  #over: RendezvousError | null = null;

  constructor() {
    super();
    this.ready = new Promise((ready, failed) => {
      this.entered = ready;
      this.on("closed", (error) => failed((this.#over = error ?? new RendezvousError("left"))));
    });
    // Whoever does not wait for it hears of it by the event.
    this.ready.catch(() => undefined);
  }

  /** The others who are here. */
  abstract get peers(): readonly string[];

  /** A way to this peer, for `connectPeer`. */
  abstract signaling(peerId: string): PeerLink;

  /** A way to whoever is here, or else to the next one who comes: for `connectPeer`. Rejects when it is closed. */
  async meet(): Promise<PeerLink> {
    await this.ready;
    if (this.#over !== null) throw this.#over;
    const [first] = this.peers;
    if (first !== undefined) return this.signaling(first);
    return new Promise((met, failed) => {
      const stop = this.on("joined", (peerId) => {
        stop();
        met(this.signaling(peerId));
      });
      this.on("closed", () => failed(this.#over!));
    });
  }
}
