import { Emitter } from "./emitter.ts";
import type { RendezvousError } from "./errors.ts";
import type { IceServers } from "./ice-servers.ts";

/** How many signals of a peer are kept that nobody has asked for yet. */
const MOST_EARLY = 64;

/** What one peer says to the other: a session description, or a candidate. */
export type PeerSignal =
  | { readonly description: RTCSessionDescriptionInit }
  | { readonly candidate: RTCIceCandidateInit };

/** What a way of signaling tells. */
export interface SignalingEvents {
  signal: PeerSignal;
  /** What was sent of late may be lost, or the other has come back: say it again. */
  restored: undefined;
  /** Signaling with the other peer is over; a direct connection that stands may go on. */
  left: RendezvousError | null;
}

/**
 * A way to one other peer, for `connectPeer`. Rooms, devices and the coordinator make one; so can you.
 *
 * @example
 * import type { PeerSignal, Signaling, SignalingEvents } from "rendezvous-client";
 *
 * // Two peers in one page, without any server.
 * function pair(): [Signaling, Signaling] {
 *   const listeners: Array<(signal: PeerSignal) => void> = [];
 *   const end = (own: 0 | 1): Signaling => ({
 *     polite: own === 0,
 *     ice: null,
 *     send: (signal) => listeners[1 - own]?.(signal),
 *     on<Name extends keyof SignalingEvents>(name: Name, listener: (value: SignalingEvents[Name]) => void) {
 *       if (name === "signal") listeners[own] = listener as (signal: PeerSignal) => void;
 *       return () => void delete listeners[own];
 *     },
 *   });
 *   return [end(0), end(1)];
 * }
 * console.log(pair().map(({ polite }) => polite));
 */
export interface Signaling {
  /** This side takes its own offer back when the two collide. Exactly one of the two peers is polite. */
  readonly polite: boolean;
  /** This side makes no offer before it has got one: for partners that do not expect any. */
  readonly patient?: boolean;
  /** False: what is sent waits for a connection, so that nothing needs to be said twice meanwhile. */
  isUp?(): boolean;
  /** Where the STUN and TURN servers come from; null: there are none. */
  readonly ice: IceServers | null;
  /** Servers that the signaling brought along, to save a call. */
  readonly configuration?: RTCConfiguration | null;
  send(signal: PeerSignal): void;
  on<Name extends keyof SignalingEvents>(name: Name, listener: (value: SignalingEvents[Name]) => void): () => void;
}

/** Signals of one peer, kept until somebody listens, so that none is lost while ICE servers are fetched. */
export class PeerLink extends Emitter<SignalingEvents> implements Signaling {
  readonly polite: boolean;
  readonly patient: boolean;
  readonly ice: IceServers;
  readonly configuration: RTCConfiguration | null;
  readonly send: (signal: PeerSignal) => void;
  readonly isUp: () => boolean;
  #early: PeerSignal[] | null = [];
  #gone: { readonly error: RendezvousError | null } | null = null;

  /** @internal */
  constructor(
    options: Pick<Signaling, "polite" | "patient" | "configuration" | "send"> & {
      readonly ice: IceServers;
      isUp(): boolean;
    },
  ) {
    super();
    this.polite = options.polite;
    this.patient = options.patient ?? false;
    this.ice = options.ice;
    this.configuration = options.configuration ?? null;
    this.send = options.send;
    this.isUp = options.isUp;
  }

  /** As of every emitter; signals and a leaving that came before the first listener are not lost. */
  override on<Name extends keyof SignalingEvents>(
    name: Name,
    listener: (value: SignalingEvents[Name]) => void,
  ): () => void {
    const stop = super.on(name, listener);
    if (name === "signal") {
      const early = this.#early ?? [];
      this.#early = null;
      for (const signal of early) this.take(signal);
    }
    const gone = this.#gone;
    if (name === "left" && gone !== null) queueMicrotask(() => listener(gone.error as never));
    return stop;
  }

  /** @internal */
  take(signal: PeerSignal): void {
    if (this.#early === null) this.emit("signal", signal);
    else this.#early.push(signal);
  }

  /** @internal */
  restored(): void {
    this.emit("restored", undefined);
  }

  /** @internal */
  left(error: RendezvousError | null): void {
    this.#gone = { error };
    this.emit("left", error);
  }
}

/** Others by name, those of them that a `connectPeer` talks to, and whoever waits for the next one to come. */
export class PeerLinks {
  readonly #links = new Map<string, PeerLink>();
  /** Of peers who began before there was a way to them: their newest offer, and what came behind it. */
  readonly #early = new Map<string, PeerSignal[]>();

  /** A new way to this peer takes the place of an older one. */
  open(name: string, link: PeerLink): PeerLink {
    this.#links.get(name)?.left(null);
    this.#links.set(name, link);
    this.#early.get(name)?.forEach((signal) => link.take(signal));
    this.#early.delete(name);
    return link;
  }

  /** A signal of this peer, kept until there is a way to it: not everybody says it twice. */
  take(name: string, signal: PeerSignal): void {
    const link = this.#links.get(name);
    if (link !== undefined) return link.take(signal);
    const isOffer = "description" in signal && signal.description.type === "offer";
    const early = isOffer ? [] : (this.#early.get(name) ?? []);
    if (early.length < MOST_EARLY) this.#early.set(name, [...early, signal]);
  }

  get(name: string): PeerLink | undefined {
    return this.#links.get(name);
  }

  restored(): void {
    for (const link of this.#links.values()) link.restored();
  }

  left(name: string, error: RendezvousError | null = null): void {
    const link = this.#links.get(name);
    this.#links.delete(name);
    this.#early.delete(name);
    link?.left(error);
  }

  allLeft(error: RendezvousError | null = null): void {
    for (const name of [...this.#links.keys(), ...this.#early.keys()]) this.left(name, error);
  }
}
