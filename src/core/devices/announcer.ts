import type { Presences } from "../../ports/presences.ts";
import { NodeUnreachable } from "../cluster/courier.ts";
import type { Membership } from "../cluster/membership.ts";
import type { Circles } from "./circles.ts";
import type { DeviceNews } from "./device.ts";
import type { LocalDevices } from "./local-devices.ts";
import { NewsLog } from "./news-log.ts";
import type { NodePost } from "./node-post.ts";
import type { Outside } from "./outside.ts";

/** Announcements under way at a time: what a node full of devices has to say must not fill its memory. */
const AT_ONCE = 256;
const MAX_WAITING = 50_000;

interface AnnouncerDeps {
  readonly local: LocalDevices;
  readonly circles: Circles;
  readonly presences: Presences;
  readonly membership: Membership;
  readonly post: NodePost;
  readonly outside: Outside | null;
  failed(error: unknown): void;
}

/** Tells contacts, and a user's other devices, who has come and gone. */
export class Announcer {
  readonly #deps: AnnouncerDeps;
  readonly #log = new NewsLog();
  /** What waits for its turn, each beside whom it concerns. */
  readonly #waiting: { readonly news: DeviceNews; readonly contacts: ReadonlySet<string> }[] = [];
  /** Users whose news is on its way. A user's news goes out in its order. */
  readonly #busy = new Map<string, (() => void)[]>();
  #running = 0;
  readonly told = { joined: 0, left: 0 };

  constructor(deps: AnnouncerDeps) {
    this.#deps = deps;
  }

  /** Tells the devices on this node, and those of the contacts on others. */
  announce(news: DeviceNews, contacts: ReadonlySet<string>): void {
    this.tell([news], false);
    this.announceElsewhere(news, contacts);
  }

  /** Leaves out the devices on this node, which know. */
  announceElsewhere(news: DeviceNews, contacts: ReadonlySet<string>): void {
    this.told[news.type]++;
    if (this.#waiting.length >= MAX_WAITING) {
      this.#waiting.shift();
      this.#deps.failed(new Error(`more than ${MAX_WAITING} announcements wait for the store`));
    }
    this.#waiting.push({ news, contacts });
    this.#next();
  }

  /** Tells all nodes at once: cheaper than looking up whom it concerns when there is much to tell. */
  async broadcast(news: readonly DeviceNews[], again: boolean): Promise<void> {
    const { membership, post, outside, failed } = this.#deps;
    if (news.length === 0) return;
    this.tell(news, again);
    const others = membership.live().filter(({ id }) => id !== membership.node);
    await Promise.all(others.map(({ id }) => post.tell(id, news, again).catch(silentIfUnreachable(failed))));
    if (again) return;
    for (const one of news) {
      this.told[one.type]++;
      await outside?.announce(one).catch(failed);
    }
  }

  /** Tells the devices on this node. */
  tell(news: readonly DeviceNews[], again: boolean): void {
    const { circles, local } = this.#deps;
    for (const one of news) {
      const watchers = circles.watchersOf(one.email);
      if (watchers.length === 0 || !this.#log.takes(one, again)) continue;
      for (const { email, device, link } of watchers.flatMap((user) => local.of(user))) {
        if (email !== one.email || device !== one.device) link.tell(one);
      }
    }
  }

  #next(): void {
    while (this.#running < AT_ONCE && this.#waiting.length > 0) {
      const { news, contacts } = this.#waiting.shift()!;
      this.#running++;
      this.#send(news, contacts)
        .catch(silentIfUnreachable(this.#deps.failed))
        .finally(() => {
          this.#running--;
          this.#next();
        });
    }
  }

  async #send(news: DeviceNews, contacts: ReadonlySet<string>): Promise<void> {
    const { presences, membership, post, outside, failed } = this.#deps;
    await this.#turn(news.email);
    try {
      const found = await presences.of([news.email, ...contacts]);
      const nodes = new Set([...found.values()].flat().map(({ node }) => node));
      nodes.delete(membership.node);
      await Promise.all([...nodes].map((node) => post.tell(node, [news]).catch(silentIfUnreachable(failed))));
      await outside?.announce(news);
    } finally {
      this.#done(news.email);
    }
  }

  async #turn(email: string): Promise<void> {
    const queue = this.#busy.get(email);
    if (queue === undefined) this.#busy.set(email, []);
    else await new Promise<void>((go) => queue.push(go));
  }

  #done(email: string): void {
    const next = this.#busy.get(email)?.shift();
    if (next === undefined) this.#busy.delete(email);
    else next();
  }
}

/** A node that does not answer any more has nobody left who could be told. */
function silentIfUnreachable(failed: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof NodeUnreachable)) failed(error);
  };
}
