import { Answers } from "./answers.ts";
import { refusalOf } from "./refusals.ts";
import { write, type Item } from "./parcel.ts";

/** What came too early and is held until what is missing comes. Past this it is dropped, and comes again. */
const MOST_HELD = 10_000;
const MOST_HELD_UNITS = 8 * 1024 * 1024;

type AskItem = Extract<Item, { type: "ask" }>;

interface Held {
  /** Null for one that was given up. */
  readonly ask: AskItem | null;
  /** When the asker gives up at the latest, in ms. */
  readonly until: number;
}

export interface HearingDeps {
  serve(topic: string, body: string, parent?: string): string | Promise<string>;
  wake(): void;
}

/**
 * What one other node asks of this one, on its newest link. Each number is heard once and in order, whatever the bus
 * loses, repeats or turns round; answers are kept until the asker does not want them any more.
 */
export class Hearing {
  readonly #serve: HearingDeps["serve"];
  readonly #wake: () => void;
  #link = 0;
  /** The number to be heard next: all below have been heard, or given up. */
  #next = 1;
  /** The asker wants none below this. */
  #floor = 1;
  #held = new Map<number, Held>();
  #heldUnits = 0;
  readonly #running = new Set<number>();
  readonly #answers = new Answers();
  /** To be answered, or answered again. */
  readonly #due = new Set<number>();
  #owes: "nothing" | "heard" | "hole" = "nothing";
  /** The newest probe, to be answered. */
  #probe: number | null = null;
  #heardAt = 0;

  /** `wake` is called when there is something to send. */
  constructor(deps: HearingDeps) {
    this.#serve = deps.serve;
    this.#wake = deps.wake;
  }

  isIdleSince(time: number): boolean {
    return this.#heardAt <= time && this.#running.size === 0;
  }

  get hasToSend(): boolean {
    return this.#due.size > 0 || this.#owes !== "nothing" || this.#probe !== null;
  }

  /** What follows is of this link. False if it is an old one, of which nothing must be heard any more. */
  enter(link: number, floor: number, now: number): boolean {
    if (link < this.#link) return false;
    this.#heardAt = now;
    if (link > this.#link) this.#begin(link);
    if (floor > this.#floor) this.#raise(floor, now);
    return true;
  }

  ask(item: AskItem, now: number): void {
    const { number } = item;
    if (number < this.#next) this.#again(number);
    else if (number === this.#next) {
      this.#next++;
      this.#hear(item, now + item.withinMs);
      this.#hearHeld(now);
    } else this.#hold(number, { ask: item, until: now + item.withinMs });
  }

  void(number: number, now: number): void {
    if (number < this.#next) return;
    if (number > this.#next) {
      this.#hold(number, { ask: null, until: now });
      return;
    }
    this.#next++;
    this.#hearHeld(now);
  }

  /** The asker knows that this was heard, and has no answer. */
  poke(number: number): void {
    this.#again(number);
  }

  probe(number: number): void {
    this.#probe = number;
    this.#wake();
  }

  /** Something may have been missed: asks for all again. */
  missed(): void {
    if (this.#link === 0) return;
    this.#owes = "hole";
    this.#wake();
  }

  /** Forgets the answers that nobody waits for any more. */
  sweep(now: number): void {
    this.#answers.sweep(now);
  }

  /** Writes what is to be sent, about `room` units of it. */
  fill(room: number): string {
    if (!this.hasToSend) return "";
    const heard = this.#next - 1;
    let text = this.#owes === "hole" ? write.hole(this.#link, heard) : write.heard(this.#link, heard);
    this.#owes = "nothing";
    for (const number of this.#due) {
      if (text.length >= room) break;
      this.#due.delete(number);
      text += this.#answers.get(number) ?? write.gone(number);
    }
    // Behind all answers there are, so that those which have not come by then were lost.
    if (this.#probe === null || this.#due.size > 0) return text;
    text += write.probed(this.#probe);
    this.#probe = null;
    return text;
  }

  #begin(link: number): void {
    this.#link = link;
    this.#next = 1;
    this.#floor = 1;
    this.#held.clear();
    this.#heldUnits = 0;
    this.#running.clear();
    this.#answers.clear();
    this.#due.clear();
    this.#probe = null;
    this.#owes = "nothing";
  }

  #raise(floor: number, now: number): void {
    this.#answers.forgetBelow(floor);
    this.#floor = floor;
    for (const number of this.#due) if (number < floor) this.#due.delete(number);
    for (const number of this.#running) {
      if (number >= floor) break;
      this.#running.delete(number);
    }
    if (floor <= this.#next) return;
    for (const number of this.#held.keys()) if (number < floor) this.#release(number);
    this.#next = floor;
    this.#hearHeld(now);
  }

  #hold(number: number, held: Held): void {
    if (this.#held.has(number) && held.ask !== null) return;
    const units = held.ask?.body.length ?? 0;
    if (this.#held.size >= MOST_HELD || this.#heldUnits + units > MOST_HELD_UNITS) return;
    const isFirst = this.#held.size === 0;
    this.#release(number);
    this.#held.set(number, held);
    this.#heldUnits += units;
    if (isFirst) this.missed();
  }

  #release(number: number): Held | undefined {
    const held = this.#held.get(number);
    if (held === undefined) return undefined;
    this.#held.delete(number);
    this.#heldUnits -= held.ask?.body.length ?? 0;
    return held;
  }

  #hearHeld(now: number): void {
    for (let held = this.#release(this.#next); held !== undefined; held = this.#release(this.#next)) {
      this.#next++;
      // Whoever asked has given up by now: it is better not done than done behind their back.
      if (held.ask !== null && held.until > now) this.#hear(held.ask, held.until);
    }
  }

  #hear({ number, topic, body, parent }: AskItem, until: number): void {
    const link = this.#link;
    const answered = (text: string): void => {
      if (link !== this.#link) return;
      this.#running.delete(number);
      if (number < this.#floor) return;
      this.#answers.keep(number, text, until);
      this.#due.add(number);
      this.#wake();
    };
    const refused = (error: unknown): void => {
      const { code, message } = refusalOf(error);
      answered(write.refusal(number, code, message));
    };
    try {
      const answer = this.#serve(topic, body, parent);
      if (typeof answer === "string") {
        answered(write.result(number, answer));
        return;
      }
      this.#running.add(number);
      answer.then((text) => answered(write.result(number, text)), refused);
    } catch (error) {
      refused(error);
    }
  }

  /** What was heard before has come again: so the answer has not arrived, or not been given. */
  #again(number: number): void {
    if (number < this.#floor) return;
    if (this.#running.has(number)) {
      if (this.#owes === "nothing") this.#owes = "heard";
    } else this.#due.add(number);
    this.#wake();
  }
}
