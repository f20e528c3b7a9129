import { Refusal } from "../http/refusal.ts";

export interface CrowdOptions {
  /** Sockets that one client address may have open; 0: as many as it likes. */
  readonly perAddress: number;
  /** Sockets there may be in all. */
  readonly max: number;
}

/** The sockets that are open on this node: how many there are, and how many each client address has. */
export class Crowd {
  readonly #options: CrowdOptions;
  readonly #byAddress = new Map<string, number>();
  #size = 0;

  constructor(options: CrowdOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#size;
  }

  get max(): number {
    return this.#options.max;
  }

  /** Why one more may not come in; null if it may. `address` null: one that counts on no address. */
  refusal(address: string | null): Refusal | null {
    const { perAddress, max } = this.#options;
    if (this.#size >= max) return new Refusal("too_many_sockets");
    if (address === null || perAddress === 0 || (this.#byAddress.get(address) ?? 0) < perAddress) return null;
    return new Refusal("rate_limited", "There are too many sockets from this address already.");
  }

  /** To be followed by {@link leave}. */
  enter(address: string | null): void {
    this.#size++;
    if (address !== null) this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1);
  }

  leave(address: string | null): void {
    this.#size--;
    if (address === null) return;
    const left = (this.#byAddress.get(address) ?? 0) - 1;
    if (left > 0) this.#byAddress.set(address, left);
    else this.#byAddress.delete(address);
  }
}

/** After how many seconds to come back to a server that is full, or to an address that has too many sockets. */
export const COME_BACK_SECONDS = 5;
