import type { Clock, Timer } from "../../ports/clock.ts";
import type { Presences } from "../../ports/presences.ts";
import type { Random } from "../../ports/random.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { AccountNews, ContactNews, Directory, Identity } from "../accounts/directory.ts";
import type { Courier } from "../cluster/courier.ts";
import type { Membership } from "../cluster/membership.ts";
import { Announcer } from "./announcer.ts";
import { calmDirectory } from "./calm-directory.ts";
import { calmPresences } from "./calm-presences.ts";
import { Circles } from "./circles.ts";
import {
  infoOf,
  infoOfPresence,
  type DeviceInfo,
  type DeviceLink,
  type Letter,
  type LocalDevice,
  type Target,
} from "./device.ts";
import { DeviceSocket, type SocketHost } from "./device-socket.ts";
import type { Roads } from "./lanes.ts";
import { LocalDevices } from "./local-devices.ts";
import { clearNode } from "./node-death.ts";
import { createContactSpread } from "./contact-spread.ts";
import { NodePost } from "./node-post.ts";
import type { Outside } from "./outside.ts";
import { Registrations } from "./registrations.ts";
import { Routes } from "./routes.ts";
import { SocketWatch } from "./socket-watch.ts";
import { TokenWatch } from "./token-watch.ts";

/** How often to look for contacts that must be asked for again, in ms. */
const REFRESH_MS = 1_000;

/** How long a node that goes down goes on telling that its devices have left, in ms. */
const STOP_MS = 3_000;

/** Nodes that serve this have devices. */
const SERVICE = "devices";

export interface DevicesDeps {
  readonly presences: Presences;
  readonly courier: Courier;
  readonly membership: Membership;
  readonly directory: Directory;
  readonly clock: Clock;
  /** What tokens end by. */
  readonly timeOfDay: Pick<Clock, "now">;
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
  readonly #registrations: Registrations;
  readonly #announcer: Announcer;
  readonly #tokens: TokenWatch;
  readonly #post: NodePost;
  readonly #sockets: SocketWatch;
  readonly #presences: Presences;
  readonly #spread: (news: ContactNews) => Promise<void>;
  readonly #counts: Record<Outcome, number> = { local: 0, remote: 0, outside: 0, not_found: 0, unavailable: 0 };
  #ends: (() => void)[] = [];
  #refreshing: Timer | null = null;
  readonly arrivals = { underWay: 0 };
  readonly roads: Roads;

  constructor(deps: DevicesDeps) {
    const { courier, membership, clock, timeOfDay, outside, failed } = deps;
    const { node } = courier;
    const presences = calmPresences(deps.presences, () => deps.isStoreAway());
    this.#presences = presences;
    this.#sockets = new SocketWatch({ clock, timeOfDay, local: this.#local, failed });
    const directory = calmDirectory(deps.directory);
    this.#deps = { ...deps, directory };
    this.#post = new NodePost(courier);
    this.#circles = new Circles({
      ...{ directory, clock, failed },
      unwatched: (email) => this.#announcer.unwatched(email),
    });
    this.#announcer = new Announcer({
      ...{ local: this.#local, circles: this.#circles, post: this.#post },
      ...{ outside, clock, node, failed },
      lookUp: (emails) => presences.of(emails),
      others: () => membership.serving(SERVICE).filter((id) => id !== node),
    });
    this.#spread = createContactSpread({
      ...{ post: this.#post, clock, node, failed },
      lookUp: (emails) => presences.of(emails),
    });
    this.#tokens = new TokenWatch({
      directory,
      clock,
      failed,
      ended: ({ socket }) => this.#sockets.endNow(socket, "revoked"),
    });
    this.#registrations = new Registrations({
      ...{ local: this.#local, circles: this.#circles, announcer: this.#announcer, tokens: this.#tokens },
      ...{ sockets: this.#sockets, post: this.#post, presences, outside, node, clock, failed },
      isDead: (other) => membership.isDead(other),
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
      local: (from, to, texts, letters) => this.#deliver(from, to, texts, (at) => letters[at]!),
      outside: (to, texts) => outside!.send(to, texts),
      mayReach: (from, to) => this.#circles.mayReach(from, to),
      isStoreAway: () => deps.isStoreAway(),
      count: (outcome, messages) => (this.#counts[outcome] += messages),
      failed,
    };
    this.#post.serve({
      deliver: (from, to, texts, letter) => this.#deliver(from, to, texts, () => letter),
      lost: (socket, to) => this.#lost(socket, to),
      tell: (news, again) => this.#announcer.tell(news, again),
      contacts: (news) => this.#circles.changed(news.emails, news.change),
      replaced: (socket) => this.#registrations.replace(socket),
    });
    membership.onReturn(() => this.#registrations.restoreAll());
    membership.onDeath((dead) => this.#clear(dead));
  }

  start(): void {
    const { directory, outside, clock } = this.#deps;
    this.#registrations.start();
    this.#tokens.start();
    this.#sockets.start();
    this.#refreshing = clock.every(REFRESH_MS, () => this.#circles.refresh());
    this.#ends.push(directory.onNews((news, isAwaited) => this.#hear(news, isAwaited)));
    if (outside === null) return;
    const end = outside.hear({
      message: (to, from, text) => void this.#deliver(from, to, [text], () => null),
      news: (about, text) => this.#tellOutside(about, text),
    });
    this.#ends.push(end);
  }

  /** Gives up every device of this node and tells so, once. */
  async stop(): Promise<void> {
    this.#refreshing?.cancel();
    this.#sockets.stop();
    this.#registrations.stop();
    this.#tokens.stop();
    for (const end of this.#ends.splice(0)) end();
    await this.#registrations.leaveAll();
    await this.#announcer.stop(STOP_MS);
  }

  connect(link: DeviceLink): DeviceSocket {
    const socket = new DeviceSocket(this, this.#deps.random.uuid(), link);
    this.#sockets.add(socket);
    return socket;
  }

  /** Those that are registered on this node. */
  here(): readonly LocalDevice[] {
    return this.#local.all();
  }

  /** One of those; null if it is not there. `device` is a device id or a socket id. */
  find(email: string, device: string): LocalDevice | null {
    return this.#local.find(email, device);
  }

  /** Those of one user on this node. */
  of(email: string): readonly LocalDevice[] {
    return this.#local.of(email);
  }

  /** An operator ends the device's socket; it may come back. False if it is not on this node. */
  kick(email: string, device: string): boolean {
    const found = this.#local.find(email, device);
    if (found === null) return false;
    this.#sockets.endNow(found.socket, "kicked");
    return true;
  }

  figures() {
    return {
      devices: this.#local.size,
      users: this.#local.users,
      sockets: this.#sockets.size,
      messages: this.#counts,
      announcements: this.#announcer.told,
      untold: this.#announcer.untold,
      waiting: this.roads.waiting,
    };
  }

  identify(token: string): Promise<Identity> {
    return this.#deps.directory.identify(token);
  }

  enter(device: LocalDevice, socket: DeviceSocket): Promise<boolean> {
    return this.#registrations.enter(device, socket);
  }

  leave(device: LocalDevice): Promise<void> {
    return this.#registrations.leave(device);
  }

  async online(email: string): Promise<readonly DeviceInfo[]> {
    const { outside, courier, membership, failed } = this.#deps;
    const contacts = [...this.#circles.of(email)].sort();
    try {
      const found = await this.#presences.of(contacts);
      const ours = contacts
        .flatMap((contact) => found.get(contact) ?? [])
        .filter(({ node, connection }) => (node === courier.node ? this.#isHere(connection) : !membership.isDead(node)))
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

  direct(from: string, { email, device }: Target, text: string, letter: Letter): boolean | null {
    const found = this.#local.find(email, device);
    if (found === null || !this.#circles.mayReach(from, email)) return null;
    const handed = found.link.deliver(text, letter);
    this.#counts[handed ? "local" : "not_found"]++;
    return handed;
  }

  closed(socket: DeviceSocket): void {
    this.#sockets.remove(socket);
  }

  #isHere(socket: string): boolean {
    return this.#local.bySocket(socket)?.isLost === false;
  }

  #deliver(
    from: string,
    { email, device }: Target,
    texts: readonly string[],
    letterOf: (at: number) => Letter | null,
  ): number {
    const found = this.#local.find(email, device);
    if (found === null || !this.#circles.mayReach(from, email)) return 0;
    let handed = 0;
    while (handed < texts.length && found.link.deliver(texts[handed]!, letterOf(handed) ?? undefined)) handed++;
    this.#counts.local += handed;
    return handed;
  }

  #lost(socket: string, to: Target): void {
    this.#counts.not_found++;
    this.#local.bySocket(socket)?.link.refused(to, "not_found");
  }

  async #clear(dead: string): Promise<void> {
    await clearNode(dead, {
      presences: this.#presences,
      isLive: (node) => this.#deps.membership.isLive(node),
      hide: (info) => this.#registrations.hide(info),
      tell: (news) => this.#announcer.announceToAll(news, false),
    });
  }

  #hear(news: AccountNews, isAwaited: boolean): void | Promise<void> {
    switch (news.type) {
      case "contacts":
        this.#circles.changed(news.emails, news.change);
        return isAwaited ? this.#spread(news) : undefined;
      case "revoked":
        return this.#tokens.revoked(news.tokenIds);
      case "removed":
        for (const { socket } of news.emails.flatMap((email) => [...this.#local.of(email)])) {
          this.#sockets.endNow(socket, "revoked");
        }
        return;
      case "forgotten":
        // Players have no devices.
        return;
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
