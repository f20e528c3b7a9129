import type { Clock, Timer } from "../../ports/clock.ts";
import type { Presence } from "../../ports/presences.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import { NodeOverloaded, NodeUnreachable } from "../cluster/courier.ts";
import type { Circles } from "./circles.ts";
import type { DeviceNews } from "./device.ts";
import type { LocalDevices } from "./local-devices.ts";
import { NewsLog } from "./news-log.ts";
import { NewsQueue, type Announcement } from "./news-queue.ts";
import type { NodePost } from "./node-post.ts";
import type { Outside } from "./outside.ts";

/** Users whose contacts are looked up at a time. */
const AT_ONCE = 16;

/** Past so many users with news, all nodes are told all of it: that costs less than looking up whom it concerns. */
const CROWD = 64;

/** How many pieces of news then go at once, and in how many pages at a time. */
const PAGE = 500;
const PAGES_AT_ONCE = 2;

/** Pause before what could not be told is told again, in ms. */
const AGAIN_MS = 1_000;

export interface AnnouncerDeps {
  readonly local: LocalDevices;
  readonly circles: Circles;
  readonly post: NodePost;
  readonly outside: Outside | null;
  readonly clock: Clock;
  readonly node: string;
  /** @throws {StoreUnavailable} */
  lookUp(emails: readonly string[]): Promise<ReadonlyMap<string, readonly Presence[]>>;
  /** The other nodes that have devices. */
  others(): readonly string[];
  failed(error: unknown): void;
}

/**
 * Tells contacts, and a user's other devices, who has come and gone. What cannot be told just now, because the store or
 * another node is overloaded or away, is kept and told later. A user's news goes out in its order.
 */
export class Announcer {
  readonly #deps: AnnouncerDeps;
  readonly #log = new NewsLog();
  readonly #queue: NewsQueue;
  #running = 0;
  #again: Timer | null = null;
  #isStopped = false;
  #idle: (() => void)[] = [];
  readonly told = { joined: 0, left: 0 };

  constructor(deps: AnnouncerDeps) {
    this.#deps = deps;
    this.#queue = new NewsQueue((error) => deps.failed(error));
  }

  /** Tells the devices on this node, and those of the contacts on others. */
  announce(news: DeviceNews, contacts: ReadonlySet<string>): void {
    this.tell([news], false);
    this.#put({ news, contacts, again: false });
  }

  /**
   * Tells all devices on all nodes whom it concerns, for when the contacts are not known.
   *
   * @param again only those count who were told that the device had left
   */
  announceToAll(news: readonly DeviceNews[], again: boolean): void {
    this.tell(news, again);
    for (const one of news) this.#put({ news: one, contacts: null, again });
  }

  /** Tells the devices on this node. */
  tell(news: readonly DeviceNews[], again: boolean): void {
    const { circles, local } = this.#deps;
    for (const one of news) {
      const watchers = circles.watchersOf(one.email);
      if (watchers.length === 0) continue;
      const told = this.#log.sift(one, again);
      if (told.length === 0) continue;
      for (const { email, device, link } of watchers.flatMap((user) => local.of(user))) {
        if (email !== one.email || device !== one.device) told.forEach((news) => link.tell(news));
      }
    }
  }

  /** Announcements that other nodes have not been told yet. */
  get untold(): number {
    return this.#queue.untold;
  }

  /** Nobody is here any more who hears of this user. */
  unwatched(email: string): void {
    this.#log.forget(email);
  }

  /** Tells what there still is to tell, for so long at most, and nothing after. */
  async stop(withinMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#idle.push(resolve);
    const timer = this.#deps.clock.after(withinMs, resolve);
    this.#next();
    await promise;
    timer.cancel();
    this.#isStopped = true;
    this.#again?.cancel();
  }

  #put(announcement: Announcement): void {
    if (!announcement.again) this.told[announcement.news.type]++;
    this.#queue.put(announcement);
    this.#next();
  }

  #next(): void {
    while (!this.#isStopped && this.#again === null && this.#queue.ready > 0) {
      const isCrowd = this.#queue.ready > CROWD;
      if (this.#running >= (isCrowd ? PAGES_AT_ONCE : AT_ONCE)) return;
      this.#running++;
      void this.#send(this.#queue.take(isCrowd ? PAGE : 1), isCrowd);
    }
    if (this.#running === 0 && this.#queue.ready === 0) for (const tell of this.#idle.splice(0)) tell();
  }

  async #send(page: readonly Announcement[], toAll: boolean): Promise<void> {
    const { outside, failed } = this.#deps;
    let told = 0;
    try {
      const nodes = toAll ? this.#deps.others() : await this.#nodesOf(page);
      await this.#tellNodes(nodes, page);
      for (const { news, again } of page) {
        if (!again) await outside?.announce(news);
        told++;
      }
      this.#queue.done(page, []);
    } catch (error) {
      const isPassing = error instanceof StoreUnavailable || error instanceof NodeOverloaded;
      if (this.#again === null) failed(error);
      this.#queue.done(page, isPassing ? page.slice(told) : []);
      if (isPassing) this.#waitABit();
    } finally {
      this.#running--;
      this.#next();
    }
  }

  #waitABit(): void {
    this.#again ??= this.#deps.clock.after(AGAIN_MS, () => {
      this.#again = null;
      this.#next();
    });
  }

  async #nodesOf(page: readonly Announcement[]): Promise<readonly string[]> {
    const { node, lookUp, others } = this.#deps;
    const emails = new Set<string>();
    for (const { news, contacts } of page) {
      if (contacts === null) return others();
      emails.add(news.email);
      for (const contact of contacts) emails.add(contact);
    }
    const nodes = new Set([...(await lookUp([...emails])).values()].flat().map((presence) => presence.node));
    nodes.delete(node);
    return [...nodes];
  }

  /** Every node is tried, whatever becomes of the others. That some hear it again, nobody hears. */
  async #tellNodes(nodes: readonly string[], page: readonly Announcement[]): Promise<void> {
    const { post, failed } = this.#deps;
    const isAgain = (again: boolean) => page.filter((one) => one.again === again).map(({ news }) => news);
    const tell = async (node: string): Promise<void> => {
      await post.tell(node, isAgain(false));
      await post.tell(node, isAgain(true), true);
    };
    let passing: NodeOverloaded | StoreUnavailable | null = null;
    const caught = (error: unknown): void => {
      if (error instanceof NodeOverloaded || error instanceof StoreUnavailable) passing ??= error;
      // A node that does not answer any more has nobody left who could be told.
      else if (!(error instanceof NodeUnreachable)) failed(error);
    };
    await Promise.all(nodes.map((node) => tell(node).catch(caught)));
    if (passing !== null) throw passing as Error;
  }
}
