import type { HostPool } from "../../core/presence/host-pool.ts";
import type { Clock, Timer } from "../../ports/clock.ts";
import type { WireEntry, WireKeys } from "../../ports/wire-keys.ts";
import { PREFIX, readHost } from "./mirror.ts";

/** Pause between two scans, in ms; longer when a scan takes long, so that it never is more than a twentieth of the load. */
const PAUSE_MS = 1_000;
const LONGEST_SHARE = 20;

export interface ForeignHostsOptions {
  readonly keys: WireKeys;
  readonly pool: Pick<HostPool, "adopt" | "unknown">;
  readonly clock: Clock;
  readonly defaultRegion: string;
  /** Time to live of a record that carries none, in ms. */
  readonly leaseMs: number;
  failed(error: unknown): void;
}

/** What was last taken over, by key. */
type Adopted = Map<string, { readonly value: string; readonly expiresAt: number | null }>;

/**
 * Brings hosts that another program wrote into the pool, off every request's path. A host this pool does not know is
 * taken over; one taken over earlier is taken over again whenever its record was written anew.
 */
export class ForeignHosts {
  readonly #options: ForeignHostsOptions;
  #adopted: Adopted = new Map();
  #timer: Timer | null = null;
  #stopped = true;

  constructor(options: ForeignHostsOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopped = false;
    this.#next(PAUSE_MS);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /** Goes once over all host keys. */
  async scan(): Promise<void> {
    const seen: Adopted = new Map();
    const { keys, pool } = this.#options;
    for await (const names of keys.scan(PREFIX)) {
      const unknown = new Set(
        (await pool.unknown(names.map((key) => key.slice(PREFIX.length)))).map((id) => PREFIX + id),
      );
      const wanted = names.filter((key) => unknown.has(key) || this.#adopted.has(key));
      for (const entry of await keys.entries(wanted)) await this.#adopt(entry, unknown.has(entry.key), seen);
    }
    this.#adopted = seen;
  }

  async #adopt({ key, value, ttlMs }: WireEntry, isUnknown: boolean, seen: Adopted): Promise<void> {
    const { pool, clock, defaultRegion, leaseMs } = this.#options;
    const expiresAt = ttlMs === null ? null : clock.now() + ttlMs;
    const last = this.#adopted.get(key);
    seen.set(key, { value, expiresAt });
    if (!isUnknown && last?.value === value && isSameTime(last.expiresAt, expiresAt)) return;
    const host = readHost(key, value, defaultRegion);
    if (host !== null && ttlMs !== 0) await pool.adopt(host, ttlMs ?? leaseMs);
  }

  #next(pause: number): void {
    if (this.#stopped) return;
    this.#timer = this.#options.clock.after(pause, () => void this.#round());
  }

  async #round(): Promise<void> {
    const began = this.#options.clock.now();
    try {
      await this.scan();
    } catch (error) {
      this.#options.failed(error);
    }
    this.#next(Math.max(PAUSE_MS, LONGEST_SHARE * (this.#options.clock.now() - began)));
  }
}

/** A remaining time read twice is never the same to the millisecond. */
function isSameTime(a: number | null, b: number | null): boolean {
  return a === null || b === null ? a === b : Math.abs(a - b) < 1_000;
}
