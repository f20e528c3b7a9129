import type { Clock, Timer } from "../../ports/clock.ts";
import type { Presences } from "../../ports/presences.ts";
import type { Random } from "../../ports/random.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { AccountNews, Directory, Identity } from "../accounts/directory.ts";
import { NodeUnreachable, type Courier } from "../cluster/courier.ts";
import type { Membership } from "../cluster/membership.ts";
import { Announcer } from "./announcer.ts";
import { calmDirectory } from "./calm-directory.ts";
import { Circles } from "./circles.ts";
import {
  infoOf,
  infoOfPresence,
  newsOf,
  type DeviceInfo,
  type DeviceLink,
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
import { TokenWatch } from "./token-watch.ts";

/** A registered socket this long without a message is taken for dead, in ms. */
export const SILENCE_MS = 90_000;

/** How long a socket may stay without registering, in ms. */
export const UNREGISTERED_MS = 30_000;

/** How often sockets are looked over, in ms. */
const SWEEP_MS = 1_000;

/** Until the other nodes have found their way back to the store too, in ms. */
const SETTLE_MS = 3_000;

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
  readonly #sockets = new Map<string, DeviceSocket>();
  readonly #counts: Record<Outcome, number> = { local: 0, remote: 0, outside: 0, not_found: 0, unavailable: 0 };
  #ends: (() => void)[] = [];
  #sweep: Timer | null = null;
  readonly arrivals = { underWay: 0 };
  readonly roads: Roads;

  constructor(deps: DevicesDeps) {
    const { presences, courier, membership, clock, outside, failed } = deps;
    const { node } = courier;
    const directory = calmDirectory(deps.directory);
    this.#deps = { ...deps, directory };
    this.#post = new NodePost(courier);
    this.#circles = new Circles({ directory, clock, failed });
    this.#announcer = new Announcer({
      ...{ local: this.#local, circles: this.#circles, post: this.#post },
      ...{ presences, membership, outside, failed },
    });
    this.#registry = new Registry(
      { presences, outside, node, clock, failed },
      {
        replaced: (device) => this.#replace(device.socket),
        restored: (devices, unheard) => this.#restored(devices, unheard),
        departed: (info) => this.#announcer.broadcast([newsOf("left", info)], false).catch(failed),
      },
    );
    this.#tokens = new TokenWatch({ directory, clock, failed, ended: (device) => this.#endToken(device, "revoked") });
    this.roads = {
      routes: new Routes({ presences, outside, node }),
      post: this.#post,
      clock,
      waiting: 0,
      local: (from, to, texts) => this.#deliver(from, to, texts),
      outside: (to, texts) => this.#sendOutside(to, texts),
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
    membership.onDeath((dead) =>
      clearNode(dead, { presences, outside, tell: (news) => this.#announcer.broadcast(news, false), failed }),
    );
  }

  start(): void {
    const { directory, outside, clock } = this.#deps;
    this.#registry.start();
    this.#tokens.start();
    this.#sweep = clock.every(SWEEP_MS, () => this.#lookOver());
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
    this.#sweep?.cancel();
    this.#registry.stop();
    this.#tokens.stop();
    for (const end of this.#ends.splice(0)) end();
    const left: DeviceInfo[] = [];
    const all = this.#local.all();
    for (const device of all) this.#local.remove(device);
    await Promise.all(
      all.map(async (device) => {
        if ((await this.#registry.leave(device)) === "left") left.push(infoOf(device));
      }),
    );
    await this.#announcer.broadcast(
      left.map((info) => newsOf("left", info)),
      false,
    );
  }

  connect(link: DeviceLink): DeviceSocket {
    const socket = new DeviceSocket(this, this.#deps.random.uuid(), link);
    this.#sockets.set(socket.id, socket);
    return socket;
  }

  /** Ends every socket, because the server goes down. Their devices are given up by {@link stop}. */
  drain(): void {
    for (const socket of [...this.#sockets.values()]) socket.end("restarting");
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
    await this.#circles.enter(device.email);
    let former;
    try {
      former = await this.#registry.enter(device);
    } catch (error) {
      this.#circles.leave(device.email);
      throw error;
    }
    if (socket.wasReplaced) {
      this.#forget(device);
      return false;
    }
    const formerHere = this.#local.put(device);
    device.link.registered(device.socket);
    this.#tokens.watch(device);
    if (formerHere !== null) this.#succeed(formerHere, device);
    if (former && former.node !== this.#deps.courier.node) this.#tellReplaced(former.node, former.connection);
    if (former === null) this.#announcer.announce(newsOf("joined", infoOf(device)), this.#circles.of(device.email));
    // The store does not know it yet; the other nodes hear of it when it does.
    if (former === undefined && formerHere === null) {
      this.#announcer.tell([newsOf("joined", infoOf(device))], false);
    }
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
    const { presences, outside, courier, failed } = this.#deps;
    const contacts = [...this.#circles.of(email)].sort();
    try {
      const found = await presences.of(contacts);
      const ours = contacts
        .flatMap((contact) => found.get(contact) ?? [])
        .filter(({ node, connection }) => node !== courier.node || this.#isHere(connection))
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
    this.#sockets.delete(socket.id);
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

  /** What was sent before the store failed is not to be refused with the rest. */
  async #sendOutside(to: Target, texts: readonly string[]): Promise<number> {
    let sent = 0;
    try {
      while (sent < texts.length && (await this.#deps.outside!.send(to, texts[sent]!))) sent++;
    } catch (error) {
      if (sent === 0) throw error;
    }
    return sent;
  }

  /** A device has come by a newer socket of this node. */
  #succeed(former: LocalDevice, device: LocalDevice): void {
    this.#tokens.unwatch(former);
    this.#circles.leave(former.email);
    // The same socket may register its device again, to call it by another name.
    if (former.socket === device.socket) return;
    this.#registry.drop(former, device);
    this.#sockets.get(former.socket)?.replaced();
  }

  /** A newer socket elsewhere has the device of this one, or is about to. */
  #replace(id: string): void {
    const device = this.#local.bySocket(id);
    this.#sockets.get(id)?.replaced();
    if (device !== null && this.#local.remove(device)) this.#forget(device);
  }

  #forget(device: LocalDevice): void {
    this.#tokens.unwatch(device);
    this.#registry.drop(device);
    this.#circles.leave(device.email);
  }

  #tellReplaced(node: string, socket: string): void {
    this.#post.replaced(node, socket).catch((error: unknown) => {
      // A node that does not answer has no sockets; one that comes back asks who has its devices.
      if (!(error instanceof NodeUnreachable)) this.#deps.failed(error);
    });
  }

  #restored(devices: readonly LocalDevice[], unheard: boolean): void {
    const { clock, failed } = this.#deps;
    const tell = (): void => {
      const still = devices.filter(({ socket }) => this.#local.bySocket(socket) !== null);
      const news = still.map((device) => newsOf("joined", infoOf(device)));
      this.#announcer.broadcast(news, !unheard).catch(failed);
    };
    clock.after(unheard ? SETTLE_MS : 0, tell);
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

  #endToken(device: LocalDevice, why: "revoked" | "expired"): void {
    const socket = this.#sockets.get(device.socket);
    socket?.end(why);
    socket?.leaveNow().catch(this.#deps.failed);
  }

  #lookOver(): void {
    const now = this.#deps.clock.now();
    for (const socket of [...this.#sockets.values()]) {
      if (socket.name === null) {
        if (now - socket.openedAt >= UNREGISTERED_MS) socket.end("unregistered");
      } else if (now - socket.heardAt >= SILENCE_MS) socket.end("silent");
      else if (socket.expiresAt <= now) this.#endToken(this.#local.bySocket(socket.id)!, "expired");
    }
    this.#circles.refresh();
  }
}
