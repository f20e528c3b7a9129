import type { DeviceInfo, DeviceName, DeviceNews } from "./device.ts";

/** A device that a program of another make holds. */
export interface OutsideDevice extends DeviceInfo {
  readonly isOutside: true;
}

/**
 * Programs of another make that share the store: what they see of our devices, and we of theirs. They know neither our
 * presences nor our nodes. Every verb throws {@link StoreUnavailable}.
 */
export interface Outside {
  /** Shows a device of ours, or prolongs that. Of two sockets of a device the newer stays. */
  show(device: DeviceInfo, ttlMs: number): Promise<void>;
  /** Shows it no longer, if it is still this socket that is shown. */
  hide(device: DeviceInfo): Promise<void>;
  /** Devices of theirs; users without any are left out. `ours`: devices that are known to be on our nodes. */
  of(emails: readonly string[], ours: readonly DeviceInfo[]): Promise<ReadonlyMap<string, readonly OutsideDevice[]>>;
  /** One of theirs, by device id or else by socket id. */
  find(email: string, device: string): Promise<OutsideDevice | null>;
  /**
   * Hands messages over in their order; how many, from the first: 0 if no such program listens. They never say whether
   * they arrived. It throws only if not even the first could be handed over: what was sent before the store failed is
   * not to be refused with the rest.
   */
  send(to: DeviceName, texts: readonly string[]): Promise<number>;
  announce(news: DeviceNews): Promise<void>;
  /** Begins to hear what they send. Returns what ends it. */
  hear(hearer: OutsideHearer): () => void;
}

export interface OutsideHearer {
  /** `device`: a device id or a socket id. */
  message(to: { readonly email: string; readonly device: string }, from: string, text: string): void;
  /** A device of theirs has come or gone; `text` says so in their own words. */
  news(about: string, text: string): void;
}
