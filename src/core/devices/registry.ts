import type { Clock, Timer } from "../../ports/clock.ts";
import type { Entered, Presence, Presences } from "../../ports/presences.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import { DomainError } from "../errors/errors.ts";
import { atOnce } from "../flow/at-once.ts";
import { infoOf, MAX_DEVICES, presenceOf, type DeviceInfo, type LocalDevice } from "./device.ts";
import type { Outside } from "./outside.ts";

/** How long a presence stands without being prolonged, and how often it is, in ms. */
export const PRESENCE_MS = 120_000;
const PROLONG_MS = 40_000;

/** How often to look for what the store does not know yet, in ms. */
const LOOK_MS = 2_000;

/** Departures remembered while the store is away; what comes later lapses by its time to live. */
const MAX_DEPARTED = 20_000;

/** How often to try to hide what could not be hidden: it may also be that the key is not ours to change. */
const HIDE_TRIES = 30;

export interface RegistryHearer {
  /** A newer socket of the device stands elsewhere. */
  replaced(device: LocalDevice): void;
  /** The presences of this node are in the store again. `unheard`: of these the other nodes have never heard. */
  restored(devices: readonly LocalDevice[], unheard: boolean): void;
  /** The device left while the store was away, and nobody has heard of it on the other nodes. */
  departed(device: DeviceInfo): void;
}

interface Unpublished {
  readonly device: LocalDevice;
  /** Nobody on another node has heard of it. */
  readonly wasNever: boolean;
}

/**
 * Keeps the devices of this node in the presences of all nodes. Without the store they are registered here alone, and
 * it is told later.
 */
export class Registry {
  readonly #presences: Presences;
  readonly #outside: Outside | null;
  readonly #node: string;
  readonly #clock: Clock;
  readonly #failed: (error: unknown) => void;
  readonly #isDead: (node: string) => boolean;
  readonly #hearer: RegistryHearer;
  readonly #published = new Map<string, LocalDevice>();
  /** Registered here and not known to the store. */
  readonly #unpublished = new Map<string, Unpublished>();
  readonly #departed = new Map<string, DeviceInfo>();
  /** Shown to programs of another make although they are gone. */
  readonly #shown = new Map<string, { readonly device: DeviceInfo; readonly tries: number }>();
  #prolongedAt: number;
  #isBusy = false;
  #timer: Timer | null = null;

  constructor(
    deps: {
      readonly presences: Presences;
      readonly outside: Outside | null;
      readonly node: string;
      readonly clock: Clock;
      isDead(node: string): boolean;
      failed(error: unknown): void;
    },
    hearer: RegistryHearer,
  ) {
    this.#presences = deps.presences;
    this.#outside = deps.outside;
    this.#node = deps.node;
    this.#clock = deps.clock;
    this.#failed = deps.failed;
    this.#isDead = deps.isDead;
    this.#hearer = hearer;
    this.#prolongedAt = deps.clock.now();
  }

  start(): void {
    this.#timer = this.#clock.every(LOOK_MS, () => this.look());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /**
   * Gives the device its `since`. Returns its former socket, wherever that is; undefined if the store is away.
   *
   * @throws {DomainError} too_many_devices
   */
  async enter(device: LocalDevice): Promise<Presence | null | undefined> {
    try {
      const entered = await this.#enterIfRoom(device);
      if (entered === null) throw new DomainError("too_many_devices");
      const { since, former } = entered;
      device.since = since;
      this.#unpublished.delete(device.socket);
      this.#published.set(device.socket, device);
      this.#show(device);
      return former;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#failed(error);
      device.since = this.#clock.now();
      this.#unpublished.set(device.socket, { device, wasNever: !this.#published.delete(device.socket) });
      return undefined;
    }
  }

  /** What dead nodes had counts until it is cleared away; so who finds no room looks for that. */
  async #enterIfRoom(device: LocalDevice): Promise<Entered | null> {
    const presence = presenceOf(device, this.#node);
    const enter = (without: readonly string[]) =>
      this.#presences.enterIfRoom(presence, PRESENCE_MS, { most: MAX_DEVICES, without });
    const entered = await enter([]);
    if (entered !== null) return entered;
    const all = (await this.#presences.of([device.email])).get(device.email) ?? [];
    const dead = new Set(all.map(({ node }) => node).filter((node) => this.#isDead(node)));
    return dead.size === 0 ? null : enter([...dead]);
  }

  /**
   * The device of this socket tells its name and type anew; it takes nothing over by that. A newer socket that has it is
   * told to the hearer. Without the store, it is told later.
   */
  async rename(device: LocalDevice): Promise<void> {
    const { socket } = device;
    const unpublished = this.#unpublished.get(socket);
    this.#published.delete(socket);
    const one = { device, wasNever: unpublished?.wasNever ?? false };
    this.#unpublished.set(socket, one);
    try {
      const outcome = await this.#restoreOne(one);
      if (outcome === "unheard" || outcome === "returned") this.#hearer.restored([device], outcome === "unheard");
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#failed(error);
    }
  }

  /** Is not to be kept any more, because a newer socket has it; `heir` if that is one of this node. */
  drop(device: LocalDevice, heir?: LocalDevice): void {
    this.#published.delete(device.socket);
    const wasNever = this.#unpublished.get(device.socket)?.wasNever ?? false;
    this.#unpublished.delete(device.socket);
    // Whoever has heard of the device need not hear of its new socket.
    if (heir !== undefined && this.#unpublished.has(heir.socket)) {
      this.#unpublished.set(heir.socket, { device: heir, wasNever });
    }
    // The other one shows itself, but not if it came to a node that cannot.
    this.hide(infoOf(device));
  }

  /**
   * `left`: the device is gone, and that is to be told; `replaced`: it is there by another socket; `later`: the store is
   * away, and the hearer is told when it is back.
   */
  async leave(device: LocalDevice): Promise<"left" | "replaced" | "later"> {
    this.#published.delete(device.socket);
    this.#unpublished.delete(device.socket);
    const info = infoOf(device);
    try {
      return (await this.#remove(info)) ? "left" : "replaced";
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#failed(error);
      if (this.#departed.size < MAX_DEPARTED) this.#departed.set(device.socket, info);
      return "later";
    }
  }

  /** Shows the device to programs of another make no longer; if that fails, it is tried again. */
  hide(device: DeviceInfo): void {
    this.#outside?.hide(device).catch((error: unknown) => {
      if (this.#shown.size < MAX_DEPARTED) this.#shown.set(device.socket, { device, tries: HIDE_TRIES });
      this.#failed(error);
    });
  }

  /** The store may have lost everything of this node, or others may have cleared it away. */
  restoreAll(): void {
    for (const device of this.#published.values()) this.#unpublished.set(device.socket, { device, wasNever: false });
    this.#published.clear();
    this.look();
  }

  /** Tells the store what it does not know, and prolongs what is due. */
  look(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#upkeep()
      .catch(this.#failed)
      .finally(() => (this.#isBusy = false));
  }

  async #upkeep(): Promise<void> {
    await this.#tellDepartures();
    await this.#restore();
    await this.#hideAgain();
    if (this.#clock.now() - this.#prolongedAt < PROLONG_MS) return;
    const began = this.#clock.now();
    const all = [...this.#published.values()];
    const lost = await this.#presences.prolong(
      all.map((device) => presenceOf(device, this.#node)),
      PRESENCE_MS,
    );
    this.#prolongedAt = began;
    for (const { connection } of lost) {
      const device = this.#published.get(connection);
      if (device === undefined) continue;
      this.#published.delete(connection);
      this.#unpublished.set(connection, { device, wasNever: false });
    }
    for (const device of all) if (this.#published.has(device.socket)) this.#show(device);
    await this.#restore();
  }

  async #restore(): Promise<void> {
    const returned: LocalDevice[] = [];
    const unheard: LocalDevice[] = [];
    try {
      await atOnce([...this.#unpublished.values()], async (one) => {
        const outcome = await this.#restoreOne(one);
        if (outcome === "unheard") unheard.push(one.device);
        if (outcome === "returned") returned.push(one.device);
      });
    } finally {
      if (returned.length > 0) this.#hearer.restored(returned, false);
      if (unheard.length > 0) this.#hearer.restored(unheard, true);
    }
  }

  /** `unheard`, `returned`: it is there now, and to be told for the first time, or again. */
  async #restoreOne(one: Unpublished): Promise<"unheard" | "returned" | "known" | "over"> {
    const { device, wasNever } = one;
    const presence = presenceOf(device, this.#node);
    const { stands, wasGone } = await this.#presences.restore(presence, PRESENCE_MS);
    if (this.#unpublished.get(device.socket) !== one) {
      // It left while the store was asked, and its departure may have overtaken this.
      const isHere = this.#published.has(device.socket) || this.#unpublished.has(device.socket);
      if (!isHere && stands === null) {
        const info = infoOf(device);
        this.#departed.set(info.socket, info);
        await this.#tellDeparture(info);
      }
      return "over";
    }
    this.#unpublished.delete(device.socket);
    if (stands !== null) {
      this.#hearer.replaced(device);
      return "over";
    }
    this.#published.set(device.socket, device);
    this.#show(device);
    if (wasNever) return "unheard";
    return wasGone ? "returned" : "known";
  }

  async #tellDepartures(): Promise<void> {
    await atOnce([...this.#departed.values()], (info) => this.#tellDeparture(info));
  }

  async #tellDeparture(info: DeviceInfo): Promise<void> {
    const isGone = await this.#remove(info);
    this.#departed.delete(info.socket);
    if (isGone) this.#hearer.departed(info);
  }

  /** False if the device is there by another socket. */
  async #remove(info: DeviceInfo): Promise<boolean> {
    const { email, device, socket } = info;
    const removed = await this.#presences.leave(email, device, socket);
    this.hide(info);
    if (removed) return true;
    // A store that has lost everything cannot say who removed it. That it is told twice, nobody hears.
    const standing = (await this.#presences.of([email])).get(email) ?? [];
    return !standing.some(({ member, connection }) => member === device && connection !== socket);
  }

  #show(device: LocalDevice): void {
    this.#outside?.show(infoOf(device), PRESENCE_MS).catch(this.#failed);
  }

  async #hideAgain(): Promise<void> {
    await atOnce([...this.#shown], async ([socket, { device, tries }]) => {
      try {
        await this.#outside?.hide(device);
        this.#shown.delete(socket);
      } catch {
        if (tries > 1) this.#shown.set(socket, { device, tries: tries - 1 });
        else this.#shown.delete(socket);
      }
    });
  }
}
