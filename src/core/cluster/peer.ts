import type { Bus } from "../../ports/bus.ts";
import type { Clock } from "../../ports/clock.ts";
import { Asking, type Ask, type Load, type Waiting } from "./asking.ts";
import { NodeUnreachable } from "./courier.ts";
import { Hearing } from "./hearing.ts";
import { head, type Item } from "./parcel.ts";
import { errorOf } from "./refusals.ts";

/** About how many UTF-16 units one publish carries: a store should not choke on what has gathered. */
const PARCEL_UNITS = 256 * 1024;

/** How long nothing may pass before this node forgets what it asked, and what it was asked, in ms. */
const ASKING_IDLE_MS = 60_000;
/** Far longer than any ask may wait: whoever still wants something then, has asked it since. */
const HEARING_IDLE_MS = 600_000;

export interface PeerDeps {
  /** The other node. */
  readonly node: string;
  readonly self: string;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly load: Load;
  isLive(node: string): boolean;
  serve(topic: string, body: string, parent?: string): string | Promise<string>;
  /** A number for a new link, higher than all before. */
  nextLink(): number;
}

/**
 * One other node, in both directions. One publish is under way to it at a time, and what gathers meanwhile goes as the
 * next: alone an ask leaves at once, and under load many share a publish.
 */
export class Peer {
  readonly #deps: PeerDeps;
  readonly #channel: string;
  readonly #hearing: Hearing;
  #asking: Asking | null = null;
  #isFlushing = false;

  constructor(deps: PeerDeps) {
    this.#deps = deps;
    this.#channel = channelOf(deps.node);
    this.#hearing = new Hearing({ serve: deps.serve, wake: () => this.#wake() });
  }

  /** @throws {NodeOverloaded} */
  ask(ask: Ask): void {
    const { node, load, clock, nextLink } = this.#deps;
    this.#asking ??= new Asking(node, nextLink(), load, clock.now());
    this.#asking.add(ask, clock.now());
    this.#wake();
  }

  /** What the other node has sent. */
  hear(items: readonly Item[], isAwake: boolean): void {
    const now = this.#deps.clock.now();
    let isAsked = false;
    let isAnswered = false;
    for (const item of items) {
      switch (item.type) {
        case "link":
          isAsked = isAwake && this.#hearing.enter(item.link, item.number, now);
          break;
        case "ask":
          if (isAsked) this.#hearing.ask(item, now);
          break;
        case "void":
          if (isAsked) this.#hearing.void(item.number, now);
          break;
        case "poke":
          if (isAsked) this.#hearing.poke(item.number);
          break;
        case "probe":
          if (isAsked) this.#hearing.probe(item.number);
          break;
        case "heard":
        case "hole":
          isAnswered = item.link === this.#asking?.link;
          if (!isAnswered) break;
          this.#asking?.heard(item.number);
          if (item.type === "hole") this.sendAgain();
          break;
        default:
          if (isAnswered) this.#answered(item);
      }
    }
  }

  /** This node's subscription may have missed something: answers, and asks of the other node. */
  missed(): void {
    this.#hearing.missed();
    this.sendAgain();
  }

  sendAgain(): void {
    this.#asking?.sendAgain();
    this.#wake();
  }

  /** Returns when to look next; infinite if nothing waits. */
  look(): number {
    const { clock, node } = this.#deps;
    const next = this.#asking?.look(clock.now()) ?? Infinity;
    if (this.#asking?.isWornOut) this.#abandon(new NodeUnreachable(node));
    this.#wake();
    return next;
  }

  /** Forgets what is of no use any more. True if nothing is left. */
  sweep(): boolean {
    const now = this.#deps.clock.now();
    this.#hearing.sweep(now);
    if (this.#asking?.isIdleSince(now - ASKING_IDLE_MS)) this.#asking = null;
    return this.#asking === null && !this.#isFlushing && this.#hearing.isIdleSince(now - HEARING_IDLE_MS);
  }

  /** Ends: whoever waits for an answer is told. */
  end(): void {
    this.#abandon(new NodeUnreachable(this.#deps.node));
  }

  #answered(item: Item): void {
    const { node } = this.#deps;
    if (item.type === "result") this.#asking?.answered(item.number, ({ resolve }) => resolve(item.body));
    else if (item.type === "refusal") {
      const error = errorOf(node, item.code, item.message);
      this.#asking?.answered(item.number, ({ reject }) => reject(error));
    } else if (item.type === "probed") {
      this.#asking?.probed(item.number);
      this.#wake();
    } else if (item.type === "gone") {
      this.#asking?.answered(item.number, ({ reject }) => reject(new NodeUnreachable(node, "has lost its answer")));
    }
  }

  #wake(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    for (;;) {
      const answers = this.#hearing.fill(PARCEL_UNITS);
      const asks = this.#asking?.fill(PARCEL_UNITS - answers.length, this.#deps.clock.now());
      const text = `${answers}${asks?.text ?? ""}`;
      if (text === "") break;
      await this.#post(text, asks?.first ?? []);
    }
    this.#isFlushing = false;
  }

  async #post(text: string, first: readonly Waiting[]): Promise<void> {
    const { bus, self, node, isLive } = this.#deps;
    const asking = this.#asking;
    try {
      const hearers = await bus.publish(this.#channel, `${head(self)}${text}`);
      if (hearers === 0 && !isLive(node) && asking === this.#asking) this.#abandon(new NodeUnreachable(node));
    } catch (error) {
      // What was sent before may yet be answered; what was not is better refused at once than kept.
      asking?.refuse(first, error as Error);
    }
  }

  #abandon(error: Error): void {
    const asking = this.#asking;
    this.#asking = null;
    asking?.abandon(error);
  }
}

/** How the channels of the nodes begin. */
export const NODE_CHANNELS = "node:";

export function channelOf(node: string): string {
  return `${NODE_CHANNELS}${node}`;
}
