import type { Clock, Timer } from "../../ports/clock.ts";
import type { Directory } from "../accounts/directory.ts";
import type { LocalDevice } from "./device.ts";

/** How often to ask whether tokens are still good, in ms: the news that one is not may get lost. */
const ASK_MS = 60_000;

/** Tokens asked about at once, and revoked ones remembered in case their device is just about to register. */
const PAGE = 500;
const REMEMBERED = 1_000;

/** Finds the devices whose tokens are good no longer. */
export class TokenWatch {
  readonly #directory: Directory;
  readonly #clock: Clock;
  readonly #ended: (device: LocalDevice) => void;
  readonly #failed: (error: unknown) => void;
  readonly #byToken = new Map<string, Set<LocalDevice>>();
  readonly #revoked = new Set<string>();
  #timer: Timer | null = null;

  constructor(deps: {
    readonly directory: Directory;
    readonly clock: Clock;
    ended(device: LocalDevice): void;
    failed(error: unknown): void;
  }) {
    this.#directory = deps.directory;
    this.#clock = deps.clock;
    this.#ended = deps.ended;
    this.#failed = deps.failed;
  }

  start(): void {
    this.#timer = this.#clock.every(ASK_MS, () => this.askAll());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  watch(device: LocalDevice): void {
    const { tokenId } = device;
    if (tokenId === null) return;
    this.#byToken.set(tokenId, (this.#byToken.get(tokenId) ?? new Set()).add(device));
    if (this.#revoked.has(tokenId)) this.#end(tokenId);
  }

  unwatch(device: LocalDevice): void {
    const { tokenId } = device;
    const devices = tokenId === null ? undefined : this.#byToken.get(tokenId);
    if (devices?.delete(device) && devices.size === 0) this.#byToken.delete(tokenId!);
  }

  revoked(tokenIds: readonly string[]): void {
    for (const id of tokenIds) {
      this.#revoked.add(id);
      if (this.#revoked.size > REMEMBERED) this.#revoked.delete(this.#revoked.values().next().value!);
      this.#end(id);
    }
  }

  /** Asks about every token that is in use here. */
  askAll(): void {
    this.#ask().catch(this.#failed);
  }

  async #ask(): Promise<void> {
    const all = [...this.#byToken.keys()];
    for (let at = 0; at < all.length; at += PAGE) {
      this.revoked(await this.#directory.revoked(all.slice(at, at + PAGE)));
    }
  }

  #end(tokenId: string): void {
    for (const device of [...(this.#byToken.get(tokenId) ?? [])]) this.#ended(device);
  }
}
