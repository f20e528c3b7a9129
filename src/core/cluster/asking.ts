import { NodeOverloaded, NodeUnreachable } from "./courier.ts";
import { write } from "./parcel.ts";

/** What waits for answers, of one node and of all: how many asks, and how many UTF-16 units their bodies have. */
const MOST_ASKS = 10_000;
const MOST_UNITS = 8 * 1024 * 1024;
const MOST_ASKS_IN_ALL = 50_000;
const MOST_UNITS_IN_ALL = 32 * 1024 * 1024;

/** Given up behind one that still waits. Past this the link begins anew rather than name them again and again. */
const MOST_VOIDS = 10_000;

/** After how long without an answer the other side is asked what it has heard, at first and at most, in ms. */
export const PROBE_MS = 250;
const PROBE_AT_MOST_MS = 1_000;

export interface Ask {
  readonly topic: string;
  readonly body: string;
  /** What it belongs to; left out where nobody follows it. */
  readonly parent?: string;
  /** When the asker gives up, in ms. */
  readonly deadline: number;
  resolve(body: string): void;
  reject(error: Error): void;
}

/** An ask that waits for its answer. */
export interface Waiting extends Ask {
  /** 0 until it is sent. */
  number: number;
  sentAt: number;
  isSettled: boolean;
}

/** What waits in the whole courier. */
export interface Load {
  asks: number;
  units: number;
}

/**
 * What this node asks of one other, on one link. Each ask gets the next number when it is first sent and keeps it to the
 * end, so that the other side can hear each once and in order. One that is given up becomes a void: the other side
 * passes over its number. Where an answer is overdue a probe goes out, which is answered at once: what is still open
 * when that answer comes was lost, or is being worked on, and only then is anything sent again. So a node that is slow
 * gets no more work for being slow.
 */
export class Asking {
  readonly link: number;
  readonly #node: string;
  readonly #load: Load;
  /** Not sent yet. */
  #fresh: Waiting[] = [];
  /** Sent, by number, which is their order. */
  readonly #sent = new Map<number, Waiting>();
  readonly #voids = new Set<number>();
  readonly #again = new Set<Waiting>();
  #numbers = 0;
  #probe = { id: 0, isDue: false, sentAt: 0, wait: PROBE_MS, oldest: 0, newest: 0 };
  #heard = 0;
  #asks = 0;
  #units = 0;
  #usedAt: number;

  constructor(node: string, link: number, load: Load, now: number) {
    this.#node = node;
    this.link = link;
    this.#load = load;
    this.#usedAt = now;
  }

  /** Whether it is worth keeping: something waits, or did so a moment ago. */
  isIdleSince(time: number): boolean {
    return this.#asks === 0 && this.#usedAt <= time;
  }

  get hasToSend(): boolean {
    return this.#again.size > 0 || this.#fresh.length > 0 || this.#probe.isDue;
  }

  /** True if so many were given up that a new link is the shorter way. */
  get isWornOut(): boolean {
    return this.#voids.size > MOST_VOIDS;
  }

  /** @throws {NodeOverloaded} */
  add(ask: Ask, now: number): void {
    const units = ask.body.length;
    const isFull = this.#asks >= MOST_ASKS || this.#units + units > MOST_UNITS;
    const isFullInAll = this.#load.asks >= MOST_ASKS_IN_ALL || this.#load.units + units > MOST_UNITS_IN_ALL;
    if (isFull || isFullInAll) throw new NodeOverloaded(this.#node);
    this.#count(1, units);
    this.#usedAt = now;
    this.#fresh.push({ ...ask, number: 0, sentAt: now, isSettled: false });
  }

  /** Writes what is to be sent, about `room` units of it. `first`: those that are sent for the first time. */
  fill(room: number, now: number): { readonly text: string; readonly first: readonly Waiting[] } {
    const again: string[] = [];
    let left = room;
    let isUnheard = false;
    for (const one of this.#again) {
      if (left <= 0) break;
      this.#again.delete(one);
      if (one.isSettled) continue;
      const isHeard = one.number <= this.#heard;
      isUnheard ||= !isHeard;
      again.push(isHeard ? write.poke(one.number) : this.#write(one, now));
      left -= isHeard ? 16 : one.body.length + 64;
      one.sentAt = now;
    }
    const first: Waiting[] = [];
    const asks: string[] = [];
    let taken = 0;
    for (; taken < this.#fresh.length && left > 0; taken++) {
      const one = this.#fresh[taken]!;
      if (one.isSettled) continue;
      one.number = ++this.#numbers;
      one.sentAt = now;
      this.#sent.set(one.number, one);
      first.push(one);
      asks.push(this.#write(one, now));
      left -= one.body.length + 64;
    }
    this.#fresh = taken === this.#fresh.length ? [] : this.#fresh.slice(taken);
    const probe = this.#probe.isDue ? write.probe(this.#probe.id) : "";
    this.#probe.isDue = false;
    if (again.length + asks.length + probe.length === 0) return { text: "", first };
    const voids = isUnheard || asks.length > 0 ? this.#writeVoids() : "";
    return { text: `${write.link(this.link, this.#floor())}${voids}${again.join("")}${asks.join("")}${probe}`, first };
  }

  answered(number: number, settle: (ask: Ask) => void): void {
    const one = this.#sent.get(number);
    if (one === undefined) return;
    this.#end(one);
    settle(one);
  }

  /** The other side has heard all up to this number: of these only the answers are missing. */
  heard(number: number): void {
    this.#heard = Math.max(this.#heard, number);
  }

  /** The other side has answered a probe: what it has not heard by now, and the answers that are not here, were lost. */
  probed(id: number): void {
    if (id === this.#probe.id) this.sendAgain(this.#probe.newest);
  }

  /** Sends again at once what was not answered, up to this number. */
  sendAgain(upTo = Infinity): void {
    for (const one of this.#sent.values()) {
      if (one.number > upTo) break;
      this.#again.add(one);
    }
  }

  /** Gives up what is past its time, and probes. Returns when to look next; infinite if nothing waits. */
  look(now: number): number {
    let next = Infinity;
    for (const one of [...this.#sent.values(), ...this.#fresh]) {
      if (one.isSettled) continue;
      if (one.deadline <= now) this.giveUp(one, new NodeUnreachable(this.#node));
      else next = Math.min(next, one.deadline);
    }
    return Math.min(next, this.#lookAtOldest(now), this.#fresh.length > 0 ? now + PROBE_MS : Infinity);
  }

  giveUp(one: Waiting, error: Error): void {
    if (one.isSettled) return;
    if (one.number > this.#heard) this.#voids.add(one.number);
    this.#end(one);
    one.reject(error);
  }

  /** Gives up what was never sent, and these. */
  refuse(first: readonly Waiting[], error: Error): void {
    const fresh = this.#fresh;
    this.#fresh = [];
    for (const one of [...first, ...fresh]) this.giveUp(one, error);
  }

  /** Gives up everything; the link is of no use any more. */
  abandon(error: Error): void {
    this.refuse([...this.#sent.values()], error);
  }

  /** Probes if the oldest answer is overdue. */
  #lookAtOldest(now: number): number {
    const [oldest] = this.#sent.values();
    if (oldest === undefined) return Infinity;
    const probe = this.#probe;
    if (probe.oldest !== oldest.number) probe.wait = PROBE_MS;
    const dueAt = Math.max(oldest.sentAt + PROBE_MS, probe.sentAt + probe.wait);
    if (dueAt > now) return dueAt;
    const isSame = probe.oldest === oldest.number;
    const wait = isSame ? Math.min(probe.wait * 2, PROBE_AT_MOST_MS) : PROBE_MS;
    this.#probe = { id: probe.id + 1, isDue: true, sentAt: now, wait, oldest: oldest.number, newest: this.#numbers };
    return now + wait;
  }

  #write(one: Waiting, now: number): string {
    return write.ask(one.number, Math.max(1, one.deadline - now), one.topic, one.body, one.parent);
  }

  /** The first number that anybody still waits for: all below are answered or given up. */
  #floor(): number {
    for (const number of this.#sent.keys()) return number;
    return this.#numbers + 1;
  }

  #writeVoids(): string {
    const floor = this.#floor();
    let text = "";
    for (const number of this.#voids) {
      if (number < floor || number <= this.#heard) this.#voids.delete(number);
      else text += write.void(number);
    }
    return text;
  }

  #end(one: Waiting): void {
    one.isSettled = true;
    this.#sent.delete(one.number);
    this.#again.delete(one);
    this.#count(-1, -one.body.length);
    if (this.#sent.size === 0) this.#voids.clear();
  }

  #count(asks: number, units: number): void {
    this.#asks += asks;
    this.#units += units;
    this.#load.asks += asks;
    this.#load.units += units;
  }
}
