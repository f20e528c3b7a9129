import type { Clock, Timer } from "../../ports/clock.ts";
import type { Presence, Presences } from "../../ports/presences.ts";
import type { Random } from "../../ports/random.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { AccountNews, Directory, Identity } from "../accounts/directory.ts";
import { NodeUnreachable, type Courier } from "../cluster/courier.ts";
import type { Membership } from "../cluster/membership.ts";
import { DomainError } from "../errors/errors.ts";
import { atOnce } from "../flow/at-once.ts";
import { Announcer } from "./announcer.ts";
import { calmDirectory } from "./calm-directory.ts";
import { calmPresences } from "./calm-presences.ts";
import { Circles } from "./circles.ts";
import {
  infoOf,
  infoOfPresence,
  newsOf,
  type DeviceInfo,
  type DeviceLink,
  type DeviceNews,
  type LocalDevice,
  type Target,
} from "./device.ts";
import { DeviceSocket, type SocketHost } from "./device-socket.ts";
import type { Roads } from "./lanes.ts";
import { LocalDevices } from "./local-devices.ts";
import { clearNode } from "./node-death.ts";
import { NodePost } from "./node-post.ts";
import type { Outside } from "./outside.ts";
import { Registry } from "./registry.ts";
import { Routes } from "./routes.ts";
import { SocketWatch } from "./socket-watch.ts";
import { TokenWatch } from "./token-watch.ts";

/** Devices that one user may have at a time. */
export const MAX_DEVICES = 50;

/** How often to look for contacts that must be asked for again, in ms. */
const REFRESH_MS = 1_000;

/** Until the other nodes have found their way back to the store too, in ms. */
const SETTLE_MS = 3_000;

/** How long a node that goes down goes on telling that its devices have left, in ms. */
const STOP_MS = 3_000;

/** Dead nodes that are remembered. */
const MOST_DEAD = 1_000;

export interface DevicesDeps {
  readonly presences: Presences;
  readonly courier: Courier;
  readonly membership: Membership;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly random: Random;
  /** Null where no store is shared with programs of another make. */
  readonly outside: Outside | null;
  /** True while it is known that the store does not answer. */
  isStoreAway(): boolean;
  failed(error: unknown): void;
}

/** Where messages went, and what became of those that went nowhere. */
export type Outcome = "local" | "remote" | "outside" | "not_found" | "unavailable";

/** People's devices: which are there, who hears of it, and messages from one to another, on whichever node they are. */
export class Devices implements SocketHost {
  readonly #deps: DevicesDeps;
  readonly #local = new LocalDevices();
  readonly #circles: Circles;
  readonly #registry: Registry;
  readonly #announcer: Announcer;
  readonly #tokens: TokenWatch;
  readonly #post: NodePost;
  readonly #sockets: SocketWatch;
  readonly #presences: Presences;
  /** What the store still has of these counts for nothing. */
  readonly #dead = new Set<string>();
  readonly #counts: Record<Outcome, number> = { local: 0, remote: 0, outside: 0, not_found: 0, unavailable: 0 };
  #ends: (() => void)[] = [];
  #refreshing: Timer | null = null;
  readonly arrivals = { underWay: 0 };
  readonly roads: Roads;

  constructor(deps: DevicesDeps) {
    const { courier, membership, clock, outside, failed } = deps;
    const { node } = courier;
    const presences = calmPresences(deps.presences, () => deps.isStoreAway());
    this.#presences = presences;
    this.#sockets = new SocketWatch(clock, failed);
    const directory = calmDirectory(deps.directory);
    this.#deps = { ...deps, directory };
    this.#post = new NodePost(courier);
    this.#circles = new Circles({ directory, clock, failed });
    this.#announcer = new Announcer({
      ...{ local: this.#local, circles: this.#circles, post: this.#post },
      ...{ outside, clock, node, failed },
      lookUp: (emails) => presences.of(emails),
      others: () => membership.live().flatMap(({ id }) => (id === node ? [] : [id])),
    });
    this.#registry = new Registry(
      { presences, outside, node, clock, failed },
      {
        replaced: (device) => this.#replace(device.socket),
        restored: (devices, unheard) => this.#restored(devices, unheard),
        departed: (info) => this.#announcer.announceToAll([newsOf("left", info)], false),
      },
    );
    this.#tokens = new TokenWatch({
      directory,
      clock,
      failed,
      ended: ({ socket }) => this.#sockets.endToken(socket, "revoked"),
    });
    this.roads = {
      routes: new Routes({
        presences: deps.presences,
        outside,
        clock,
        node,
        isLive: (other) => membership.isLive(other),
      }),
      post: this.#post,
      clock,
      waiting: 0,
      local: (from, to, texts) => this.#deliver(from, to, texts),
      outside: (to, texts) => outside!.send(to, texts),
      mayReach: (from, to) => this.#circles.mayReach(from, to),
      isStoreAway: () => deps.isStoreAway(),
      count: (outcome, messages) => (this.#counts[outcome] += messages),
      failed,
    };
    this.#post.serve({
      deliver: (from, to, texts) => this.#deliver(from, to, texts),
      tell: (news, again) => this.#announcer.tell(news, again),
      replaced: (socket) => this.#replace(socket),
    });
    membership.onReturn(() => this.#registry.restoreAll());
    membership.onDeath((dead) => this.#clear(dead));
  }

  start(): void {
    const { directory, outside, clock } = this.#deps;
    this.#registry.start();
    this.#tokens.start();
    this.#sockets.start();
    this.#refreshing = clock.every(REFRESH_MS, () => this.#circles.refresh());
    this.#ends.push(directory.onNews((news) => this.#hear(news)));
    if (outside === null) return;
    const end = outside.hear({
      message: (to, from, text) => void this.#deliver(from, to, [text]),
      news: (about, text) => this.#tellOutside(about, text),
    });
    this.#ends.push(end);
  }

  /** Gives up every device of this node and tells so, once. */
  async stop(): Promise<void> {
    this.#refreshing?.cancel();
    this.#sockets.stop();
    this.#registry.stop();
    this.#tokens.stop();
    for (const end of this.#ends.splice(0)) end();
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
    this.#announcer.announceToAll(
      left.map((info) => newsOf("left", info)),
      false,
    );
    await this.#announcer.stop(STOP_MS);
  }

  connect(link: DeviceLink): DeviceSocket {
    const socket = new DeviceSocket(this, this.#deps.random.uuid(), link);
    this.#sockets.add(socket);
    return socket;
  }

  /** Ends every socket, because the server goes down. Their devices are given up by {@link stop}. */
  drain(): void {
    this.#sockets.endAll();
  }

  figures() {
    return {
      devices: this.#local.size,
      sockets: this.#sockets.size,
      messages: this.#counts,
      announcements: this.#announcer.told,
      waiting: this.roads.waiting,
    };
  }

  identify(token: string): Promise<Identity> {
    return this.#deps.directory.identify(token);
  }

  async enter(device: LocalDevice, socket: DeviceSocket): Promise<boolean> {
    // A newer socket took the device over while the token was looked at.
    if (socket.wasReplaced) return false;
    const named = this.#local.bySocket(device.socket);
    if (named !== null) return this.#rename(named, device);
    this.#refuseTooMany(
      device,
      this.#local.of(device.email).map((one) => one.device),
    );
    await this.#circles.enter(device.email);
    let former;
    try {
      former = await this.#registry.enter(device);
      if (former === null) await this.#refuseTooManyEverywhere(device);
    } catch (error) {
      this.#circles.leave(device.email);
      throw error;
    }
    if (socket.wasReplaced) {
      // The newer socket found this one there already, and so left it to this one to say that the device has come.
      if (former === null) this.#tellEntered(device, former, false);
      this.#forget(device);
      return false;
    }
    const formerHere = this.#local.put(device);
    device.link.registered(device.socket);
    this.#tokens.watch(device);
    if (formerHere !== null) this.#succeed(formerHere, device);
    this.#tellEntered(device, former, formerHere !== null);
    return true;
  }

  async leave(device: LocalDevice): Promise<void> {
    if (!this.#local.remove(device)) return;
    const contacts = this.#circles.of(device.email);
    const news = newsOf("left", infoOf(device));
    this.#tokens.unwatch(device);
    try {
      const outcome = await this.#registry.leave(device);
      if (outcome === "left") this.#announcer.announce(news, contacts);
      if (outcome === "later") this.#announcer.tell([news], false);
    } finally {
      this.#circles.leave(device.email);
    }
  }

  async online(email: string): Promise<readonly DeviceInfo[]> {
    const { outside, courier, failed } = this.#deps;
    const contacts = [...this.#circles.of(email)].sort();
    try {
      const found = await this.#presences.of(contacts);
      const ours = contacts
        .flatMap((contact) => found.get(contact) ?? [])
        .filter(({ node, connection }) => (node === courier.node ? this.#isHere(connection) : !this.#isDead(node)))
        .map(infoOfPresence)
        .sort((a, b) => a.since - b.since);
      const theirs = await outside?.of(contacts, ours);
      return [...ours, ...[...(theirs?.values() ?? [])].flat()];
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      failed(error);
      return contacts.flatMap((contact) => this.#local.of(contact)).map(infoOf);
    }
  }

  direct(from: string, { email, device }: Target, text: string): boolean | null {
    const found = this.#local.find(email, device);
    if (found === null || !this.#circles.mayReach(from, email)) return null;
    const handed = found.link.deliver(text);
    this.#counts[handed ? "local" : "not_found"]++;
    return handed;
  }

  closed(socket: DeviceSocket): void {
    this.#sockets.remove(socket);
  }

  #isHere(socket: string): boolean {
    return this.#local.bySocket(socket)?.isLost === false;
  }

  #deliver(from: string, { email, device }: Target, texts: readonly string[]): number {
    const found = this.#local.find(email, device);
    if (found === null || !this.#circles.mayReach(from, email)) return 0;
    let handed = 0;
    while (handed < texts.length && found.link.deliver(texts[handed]!)) handed++;
    this.#counts.local += handed;
    return handed;
  }

  /** Refuses one device more than a user may have; `there`: those that there are. */
  #refuseTooMany({ device }: LocalDevice, there: readonly string[]): void {
    if (there.length >= MAX_DEVICES && !there.includes(device)) throw new DomainError("too_many_devices");
  }

  /**
   * Counts once the device stands: of several that come at once, the last ones see all the others, so that there are
   * never more in the end. Nobody has heard of the device by then.
   */
  async #refuseTooManyEverywhere(device: LocalDevice): Promise<void> {
    try {
      const all = (await this.#deps.presences.of([device.email])).get(device.email) ?? [];
      const others = all.filter(({ member, node }) => member !== device.device && !this.#isDead(node));
      this.#refuseTooMany(
        device,
        others.map(({ member }) => member),
      );
    } catch (error) {
      if (error instanceof StoreUnavailable) return;
      await this.#registry.leave(device);
      throw error;
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
    if (former.node === this.#deps.courier.node) return this.#announcer.tell([news], true);
    this.#tellReplaced(former.node, former.connection, news);
  }

  /** A device has come by a newer socket of this node. */
  #succeed(former: LocalDevice, device: LocalDevice): void {
    this.#tokens.unwatch(former);
    this.#circles.leave(former.email);
    this.#registry.drop(former, device);
    this.#sockets.replaced(former.socket);
  }

  /** A newer socket elsewhere has the device of this one, or is about to. */
  #replace(id: string): void {
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
    const tell = async (): Promise<void> => {
      await this.#post.replaced(node, socket);
      await this.#post.tell(node, [news], true);
    };
    tell().catch((error: unknown) => {
      // A node that does not answer has no sockets; one that comes back asks who has its devices.
      if (!(error instanceof NodeUnreachable)) this.#deps.failed(error);
    });
  }

  async #clear(dead: string): Promise<void> {
    if (this.#dead.size >= MOST_DEAD) this.#dead.clear();
    this.#dead.add(dead);
    await clearNode(dead, {
      presences: this.#presences,
      isLive: (node) => this.#deps.membership.isLive(node),
      hide: (info) => this.#registry.hide(info),
      tell: (news) => this.#announcer.announceToAll(news, false),
    });
  }

  #isDead(node: string): boolean {
    return this.#dead.has(node) && !this.#deps.membership.isLive(node);
  }

  #restored(devices: readonly LocalDevice[], unheard: boolean): void {
    const tell = (): void => {
      const still = devices.filter(({ socket }) => this.#local.bySocket(socket) !== null);
      const news = still.map((device) => newsOf("joined", infoOf(device)));
      this.#announcer.announceToAll(news, !unheard);
    };
    this.#deps.clock.after(unheard ? SETTLE_MS : 0, tell);
  }

  #hear(news: AccountNews): void {
    switch (news.type) {
      case "contacts":
        return this.#circles.changed(news.emails);
      case "revoked":
        return this.#tokens.revoked(news.tokenIds);
      case "gap":
        this.#circles.changed();
        return this.#tokens.askAll();
    }
  }

  #tellOutside(about: string, text: string): void {
    for (const user of this.#circles.watchersOf(about)) {
      for (const { link } of this.#local.of(user)) link.deliver(text);
    }
  }
}
