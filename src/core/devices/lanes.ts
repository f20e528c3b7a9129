import type { Clock } from "../../ports/clock.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import { NodeOverloaded, NodeUnreachable } from "../cluster/courier.ts";
import type { Letter, LocalDevice, Refused, Target } from "./device.ts";
import type { NodePost } from "./node-post.ts";
import { keyOf, type Place, type Routes } from "./routes.ts";

/** A sender hears that its target was not found within 5 s; so much of it is ours, in ms. */
const PATIENCE_MS = 4_500;

/**
 * What may wait for other nodes before a socket is closed: more than it may send at once by default. And what may wait on
 * a whole node, in characters.
 */
const MAX_WAITING = { messages: 2_048, chars: 4 * 1024 * 1024 };
const MAX_WAITING_OVERALL = 64 * 1024 * 1024;

/** What goes to another node at once. */
const BATCH = { messages: 64, chars: 256 * 1024 };

interface Waiting {
  /** As the sender wrote it. */
  readonly asked: Target & Letter;
  readonly text: string;
  readonly due: number;
  /** Whether the two were contacts when it was sent: the sender may have left by the time it is its turn. */
  readonly isAllowed: boolean;
}

/** Its address, and the socket it hears by. */
type Sender = Pick<LocalDevice, "email" | "socket">;

interface Lane {
  /** Its address in the form in which addresses are compared. */
  readonly target: Target;
  readonly waiting: Waiting[];
}

/** Where the lanes of all sockets lead, and what they count together. */
export interface Roads {
  readonly routes: Routes;
  readonly post: NodePost;
  readonly clock: Clock;
  /** Characters that wait on this node. */
  waiting: number;
  /** Hands texts to a target on this node, if it is here and this sender may reach it. How many, from the first. */
  local(from: string, to: Target, texts: readonly string[], letters: readonly Letter[]): number;
  /** How many were handed over, from the first. @throws {StoreUnavailable} if none could be */
  outside(to: Target, texts: readonly string[]): Promise<number>;
  mayReach(from: string, to: string): boolean;
  /** True while it is known that the store does not answer: nobody needs to wait to hear that. */
  isStoreAway(): boolean;
  count(outcome: "remote" | "outside" | Refused, messages: number): void;
  failed(error: unknown): void;
}

/**
 * What one socket has sent to targets that are not on this node. Each target has a lane: the next batch leaves when the
 * last one was answered, so that messages arrive in their order, and a target that is slow to be found holds up nobody
 * else's. Every message is handed over once, or refused once.
 */
export class Lanes {
  readonly #roads: Roads;
  readonly #sender: Sender;
  readonly #refused: (target: Target, why: Refused) => void;
  readonly #lanes = new Map<string, Lane>();
  #messages = 0;
  #chars = 0;

  constructor(roads: Roads, sender: Sender, refused: (target: Target, why: Refused) => void) {
    this.#roads = roads;
    this.#sender = sender;
    this.#refused = refused;
  }

  /** True while messages to this target are under way: what comes now has to wait behind them. */
  isBusy(target: Target): boolean {
    return this.#lanes.size > 0 && this.#lanes.has(keyOf(target));
  }

  /** False if too much of this socket waits already. Past what the whole node may keep, the message is refused. */
  push(target: Target, asked: Target & Letter, text: string): boolean {
    const roads = this.#roads;
    if (roads.isStoreAway() || roads.waiting + text.length > MAX_WAITING_OVERALL) {
      // That others have filled the node is no fault of this socket's: it goes on, without this message.
      roads.count("unavailable", 1);
      this.#refused(asked, "unavailable");
      return true;
    }
    if (this.#messages >= MAX_WAITING.messages || this.#chars + text.length > MAX_WAITING.chars) return false;
    this.#messages++;
    this.#chars += text.length;
    roads.waiting += text.length;
    const isAllowed = roads.mayReach(this.#sender.email, target.email);
    const waiting = { asked, text, due: roads.clock.now() + PATIENCE_MS, isAllowed };
    const lane = this.#lanes.get(keyOf(target));
    if (lane !== undefined) {
      lane.waiting.push(waiting);
      return true;
    }
    const opened = { target, waiting: [waiting] };
    this.#lanes.set(keyOf(target), opened);
    this.#run(opened).catch(roads.failed);
    return true;
  }

  async #run(lane: Lane): Promise<void> {
    while (lane.waiting.length > 0) {
      const batch = takeBatch(lane.waiting);
      try {
        await this.#send(lane.target, batch);
      } catch (error) {
        this.#roads.failed(error);
      }
      // Whatever has come of it, each of the batch is accounted for: what nobody took was refused.
      for (const { text } of batch) this.#settle(text);
    }
    this.#lanes.delete(keyOf(lane.target));
  }

  async #send(target: Target, batch: readonly Waiting[]): Promise<void> {
    let rest = batch;
    let why: Refused = "not_found";
    try {
      // A target that has moved is looked up once more.
      for (let attempt = 0; attempt < 2 && rest.length > 0; attempt++) {
        const sent = await this.#attempt(target, rest);
        if (sent === null) break;
        rest = rest.slice(sent);
      }
    } catch (error) {
      const isTooMuch = error instanceof StoreUnavailable || error instanceof NodeOverloaded;
      if (isTooMuch || this.#roads.isStoreAway()) why = "unavailable";
      else if (!(error instanceof NodeUnreachable) && !(error instanceof TooLate)) throw error;
      this.#roads.routes.forget(target);
    } finally {
      this.#roads.count(why, rest.length);
      for (const { asked } of rest) this.#refused(asked, why);
    }
  }

  /** How many of the batch were handed over; null if the target is nowhere. */
  async #attempt(target: Target, batch: readonly Waiting[]): Promise<number | null> {
    const roads = this.#roads;
    const { email: from, socket } = this.#sender;
    const texts = batch.map(({ text }) => text);
    const letters = batch.map(({ asked }) => asked);
    const here = roads.local(from, target, texts, letters);
    if (here > 0) return here;
    const { due, isAllowed } = batch[0]!;
    const known = roads.routes.known(target);
    const place = known === null ? await this.#look(target, due) : { node: known };
    // A stranger is looked up like everybody else, and then was not found: the time it took tells nothing.
    if (!isAllowed) return null;
    // It may have come to this node while it was looked up elsewhere.
    if (place === null) return roads.local(from, target, texts, letters) || null;
    if ("outside" in place) {
      const sent = await roads.outside(place.outside, texts);
      roads.count("outside", sent);
      return sent;
    }
    const left = due - roads.clock.now();
    if (left <= 0) throw new TooLate();
    const sent = await roads.post.deliver(place.node, { from, to: target, texts, by: socket }, left);
    roads.count("remote", sent);
    if (sent < texts.length) roads.routes.forget(target);
    else roads.routes.took(target, place.node);
    return sent;
  }

  async #look(target: Target, due: number): Promise<Place | null> {
    const { routes, clock } = this.#roads;
    const late = Promise.withResolvers<never>();
    const timer = clock.after(due - clock.now(), () => late.reject(new TooLate()));
    try {
      return await Promise.race([routes.look(target), late.promise]);
    } finally {
      timer.cancel();
    }
  }

  #settle(text: string): void {
    this.#messages--;
    this.#chars -= text.length;
    this.#roads.waiting -= text.length;
  }
}

/** The sender has waited long enough. */
class TooLate extends Error {}

/** All of a batch may reach the target, or none. */
function takeBatch(waiting: Waiting[]): readonly Waiting[] {
  const first = waiting[0]!.isAllowed;
  let chars = 0;
  let count = 0;
  for (const { text, isAllowed } of waiting) {
    chars += text.length;
    if (isAllowed !== first) break;
    if (count > 0 && (count >= BATCH.messages || chars > BATCH.chars)) break;
    count++;
  }
  return waiting.splice(0, count);
}
