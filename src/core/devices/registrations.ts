import type { Clock } from "../../ports/clock.ts";
import type { Presence, Presences } from "../../ports/presences.ts";
import { NodeUnreachable } from "../cluster/courier.ts";
import { DomainError } from "../errors/errors.ts";
import { atOnce } from "../flow/at-once.ts";
import { Turns } from "../flow/turns.ts";
import type { Announcer } from "./announcer.ts";
import type { Circles } from "./circles.ts";
import { infoOf, MAX_DEVICES, newsOf, type DeviceInfo, type DeviceNews, type LocalDevice } from "./device.ts";
import type { DeviceSocket } from "./device-socket.ts";
import type { LocalDevices } from "./local-devices.ts";
import type { NodePost } from "./node-post.ts";
import type { Outside } from "./outside.ts";
import { Registry } from "./registry.ts";
import type { SocketWatch } from "./socket-watch.ts";
import type { TokenWatch } from "./token-watch.ts";

/** Until the other nodes have found their way back to the store too, in ms. */
const SETTLE_MS = 3_000;

export interface RegistrationsDeps {
  readonly local: LocalDevices;
  readonly circles: Circles;
  readonly announcer: Announcer;
  readonly tokens: TokenWatch;
  readonly sockets: SocketWatch;
  readonly post: NodePost;
  readonly presences: Presences;
  readonly outside: Outside | null;
  readonly node: string;
  readonly clock: Clock;
  isDead(node: string): boolean;
  failed(error: unknown): void;
}

/** The coming and going of this node's devices: what that changes here, in the store, and for whom. */
export class Registrations {
  readonly #deps: RegistrationsDeps;
  readonly #local: LocalDevices;
  readonly #circles: Circles;
  readonly #announcer: Announcer;
  readonly #tokens: TokenWatch;
  readonly #sockets: SocketWatch;
  readonly #registry: Registry;
  readonly #turns = new Turns();

  constructor(deps: RegistrationsDeps) {
    this.#deps = deps;
    this.#local = deps.local;
    this.#circles = deps.circles;
    this.#announcer = deps.announcer;
    this.#tokens = deps.tokens;
    this.#sockets = deps.sockets;
    this.#registry = new Registry(deps, {
      replaced: (device) => this.replace(device.socket),
      restored: (devices, unheard) => this.#restored(devices, unheard),
      departed: (info) => this.#announcer.announceToAll([newsOf("left", info)], false),
    });
  }

  start(): void {
    this.#registry.start();
  }

  stop(): void {
    this.#registry.stop();
  }

  /** The store may have lost everything of this node, or others may have cleared it away. */
  restoreAll(): void {
    this.#registry.restoreAll();
  }

  /** Shows the device to programs of another make no longer. */
  hide(device: DeviceInfo): void {
    this.#registry.hide(device);
  }

  /** Gives up every device of this node. */
  async leaveAll(): Promise<void> {
    const left: DeviceInfo[] = [];
    const all = this.#local.all();
    for (const device of all) this.#local.remove(device);
    let isAway = false;
    await atOnce(all, async (device) => {
      // Nobody waits for a store that does not answer: what stays in it lapses.
      const outcome = isAway ? null : await this.#registry.leave(device);
      isAway ||= outcome === "later";
      if (outcome === "left") left.push(infoOf(device));
    });
    const news = left.map((info) => newsOf("left", info));
    this.#announcer.announceToAll(news, false);
  }

  /**
   * Makes the device known everywhere, unless its socket was replaced meanwhile: then false. Of sockets that come at once
   * the last one stands that the store let in, which names to each the one before it; that one is ended, wherever it is.
   * The sockets of one node take turns, so that they are put here in the order in which the store let them in.
   *
   * @throws {DomainError} too_many_devices
   * @throws {StoreUnavailable} if nobody can say who its contacts are
   */
  enter(device: LocalDevice, socket: DeviceSocket): Promise<boolean> {
    return this.#turns.take(JSON.stringify([device.email, device.device]), () => this.#enter(device, socket));
  }

  async #enter(device: LocalDevice, socket: DeviceSocket): Promise<boolean> {
    // A newer socket took the device over while the token was looked at.
    if (socket.wasReplaced) return false;
    const named = this.#local.bySocket(device.socket);
    if (named !== null) return this.#rename(named, device);
    // The store counts those of all nodes; while it is away, what is here is all that is known.
    const there = this.#local.of(device.email);
    if (there.length >= MAX_DEVICES && !there.some((one) => one.device === device.device)) {
      throw new DomainError("too_many_devices");
    }
    await this.#circles.enter(device.email);
    let former;
    try {
      former = await this.#registry.enter(device);
    } catch (error) {
      this.#circles.leave(device.email);
      throw error;
    }
    if (socket.wasReplaced) {
      // The newer socket found this one there already, and so left it to this one to end the one before it, or to say
      // that the device has come.
      if (former?.node === this.#deps.node) this.replace(former.connection);
      else if (former !== undefined) this.#tellEntered(device, former, false);
      this.#forget(device);
      return false;
    }
    const formerHere = this.#local.put(device);
    this.#sockets.registered(device.socket);
    device.link.registered(device.socket);
    this.#tokens.watch(device);
    if (formerHere !== null) this.#succeed(formerHere, device);
    this.#tellEntered(device, former, formerHere !== null);
    return true;
  }

  async leave(device: LocalDevice): Promise<void> {
    // It may be called by another name by now.
    const there = this.#local.bySocket(device.socket);
    if (there === null || !this.#local.remove(there)) return;
    const contacts = this.#circles.of(device.email);
    const news = newsOf("left", infoOf(there));
    this.#tokens.unwatch(there);
    try {
      const outcome = await this.#registry.leave(there);
      if (outcome === "left") this.#announcer.announce(news, contacts);
      if (outcome === "later") this.#announcer.tell([news], false);
    } finally {
      this.#circles.leave(device.email);
    }
  }

  /** The same socket registers its device again, to call it by another name. */
  async #rename(named: LocalDevice, device: LocalDevice): Promise<boolean> {
    device.since = named.since;
    device.isLost = named.isLost;
    this.#tokens.unwatch(named);
    this.#local.put(device);
    this.#tokens.watch(device);
    await this.#registry.rename(device);
    if (this.#local.bySocket(device.socket) !== device) return false;
    device.link.registered(device.socket);
    return true;
  }

  #tellEntered(device: LocalDevice, former: Presence | null | undefined, wasHere: boolean): void {
    const news = newsOf("joined", infoOf(device));
    // The store does not know it yet; the other nodes hear of it when it does.
    if (former === undefined) return wasHere ? undefined : this.#announcer.tell([news], false);
    if (former === null) return this.#announcer.announce(news, this.#circles.of(device.email));
    // It may have left its former node while the store was away: there, and only there, that was told.
    if (former.node === this.#deps.node) return this.#announcer.tell([news], true);
    this.#tellReplaced(former.node, former.connection, news);
  }

  /** A device has come by a newer socket of this node. */
  #succeed(former: LocalDevice, device: LocalDevice): void {
    this.#tokens.unwatch(former);
    this.#circles.leave(former.email);
    this.#registry.drop(former, device);
    former.owner.replaced();
  }

  /** A newer socket elsewhere has the device of this one, or is about to. */
  replace(id: string): void {
    const device = this.#local.bySocket(id);
    this.#sockets.replaced(id);
    if (device !== null && this.#local.remove(device)) this.#forget(device);
  }

  #forget(device: LocalDevice): void {
    this.#tokens.unwatch(device);
    this.#registry.drop(device);
    this.#circles.leave(device.email);
  }

  #tellReplaced(node: string, socket: string, news: DeviceNews): void {
    const { post, failed } = this.#deps;
    // Both are asked now, so that the other node hears of whatever becomes of the device only after them.
    Promise.all([post.replaced(node, socket), post.tell(node, [news], true)]).catch((error: unknown) => {
      // A node that does not answer has no sockets; one that comes back asks who has its devices.
      if (!(error instanceof NodeUnreachable)) failed(error);
    });
  }

  #restored(devices: readonly LocalDevice[], unheard: boolean): void {
    const tell = (): void => {
      const still = devices.filter(({ socket }) => this.#local.bySocket(socket) !== null);
      const news = still.map((device) => newsOf("joined", infoOf(device)));
      this.#announcer.announceToAll(news, !unheard);
    };
    this.#deps.clock.after(unheard ? SETTLE_MS : 0, tell);
  }
}
