import type { Clock } from "../../ports/clock.ts";
import type { ContactChange, Directory } from "../accounts/directory.ts";
import { atOnce } from "../flow/at-once.ts";
import { ContactTurns } from "./contact-turns.ts";

/** How long contacts are believed without asking again, in ms: the news of a change may get lost. */
const FRESH_MS = 60_000;

/** Pause before contacts are asked for again that could not be had, in ms. */
const AGAIN_MS = 5_000;

/** Users whose contacts are asked for at a time: 5,000 users are through within {@link FRESH_MS} all the same. */
const AT_ONCE = 8;

const NOBODY: ReadonlySet<string> = new Set();

interface Circle {
  readonly email: string;
  /** Devices on this node for whose sake the contacts are kept. */
  devices: number;
  contacts: ReadonlySet<string>;
  askedAt: number;
  /** Counts the changes there were news of. */
  changes: number;
  /** How many of them what was read last is sure to know. */
  settled: number;
  /** What the newest ones were; null: nothing is known of any. */
  turns: ContactTurns | null;
}

/**
 * The contacts of everybody who has a device on this node, so that neither a message nor an announcement asks a
 * database.
 */
export class Circles {
  readonly #directory: Directory;
  readonly #clock: Clock;
  readonly #failed: (error: unknown) => void;
  readonly #unwatched: (email: string) => void;
  readonly #circles = new Map<string, Circle>();
  /** Who of this node has somebody among the contacts. */
  readonly #watchers = new Map<string, Set<string>>();
  #isRefreshing = false;

  constructor(deps: {
    readonly directory: Directory;
    readonly clock: Clock;
    /** Nobody of this node hears of this user any more. */
    unwatched(email: string): void;
    failed(error: unknown): void;
  }) {
    this.#unwatched = deps.unwatched;
    this.#directory = deps.directory;
    this.#clock = deps.clock;
    this.#failed = deps.failed;
  }

  /**
   * A device of this user is about to be here; to be followed by {@link leave}.
   *
   * @throws {StoreUnavailable}
   */
  async enter(email: string): Promise<void> {
    const known = this.#circles.get(email);
    if (known !== undefined) {
      known.devices++;
      // Another device of the user may just be asking.
      if (known.askedAt > 0) return;
    } else {
      this.#circles.set(email, {
        email,
        devices: 1,
        contacts: NOBODY,
        askedAt: 0,
        changes: 0,
        settled: 0,
        turns: null,
      });
    }
    try {
      await this.#ask(email);
    } catch (error) {
      this.leave(email);
      throw error;
    }
  }

  leave(email: string): void {
    const circle = this.#circles.get(email);
    if (circle === undefined || --circle.devices > 0) return;
    this.#put(circle, NOBODY);
    this.#circles.delete(email);
    if (!this.#watchers.has(email)) this.#unwatched(email);
  }

  /** Of a user without devices here: nobody. */
  of(email: string): ReadonlySet<string> {
    return this.#circles.get(email)?.contacts ?? NOBODY;
  }

  /**
   * True if the two are one and the same, or contacts as far as this node knows: of the two, it knows those that have a
   * device here, and each of them must agree.
   */
  mayReach(from: string, to: string): boolean {
    if (from === to) return true;
    const sender = this.#circles.get(from);
    const receiver = this.#circles.get(to);
    if (sender === undefined && receiver === undefined) return false;
    return sender?.contacts.has(to) !== false && receiver?.contacts.has(from) !== false;
  }

  /** Who of this node hears of this user: those who have it among their contacts, and itself. */
  watchersOf(email: string): readonly string[] {
    return [...(this.#watchers.get(email) ?? []), ...(this.#circles.has(email) ? [email] : [])];
  }

  /**
   * The contacts of these users have changed; of everybody, without names. What the news says of the change counts when
   * this returns, and until the records are asked again.
   */
  changed(emails: Iterable<string> = this.#circles.keys(), change?: ContactChange): void {
    for (const email of emails) {
      const circle = this.#circles.get(email);
      if (circle === undefined) continue;
      if (change !== undefined && !this.#turn(circle, emails, change)) continue;
      circle.changes++;
      // Not 0, which stands for never: what is known still counts until it is asked for.
      if (circle.askedAt > 0) circle.askedAt = 1;
    }
    this.refresh();
  }

  /** Asks again for what is old. To be called now and then. */
  refresh(): void {
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    this.#refreshOld()
      .catch(this.#failed)
      .finally(() => (this.#isRefreshing = false));
  }

  async #refreshOld(): Promise<void> {
    for (;;) {
      const old = this.#old();
      if (old.length === 0) return;
      await atOnce(old, (circle) => this.#askAgain(circle), AT_ONCE);
    }
  }

  /** Looked for once a second, among all there are: so nothing is copied but what is old. */
  #old(): readonly Circle[] {
    const limit = this.#clock.now() - FRESH_MS;
    const old: Circle[] = [];
    for (const circle of this.#circles.values()) {
      if (circle.askedAt > 0 && circle.askedAt <= limit) old.push(circle);
    }
    return old;
  }

  async #askAgain(circle: Circle): Promise<void> {
    try {
      await this.#ask(circle.email);
    } catch (error) {
      // What was known goes on counting: without its database nobody becomes a stranger.
      circle.askedAt = this.#clock.now() - FRESH_MS + AGAIN_MS;
      this.#failed(error);
    }
  }

  async #ask(email: string): Promise<void> {
    for (;;) {
      const circle = this.#circles.get(email);
      if (circle === undefined) return;
      const { changes } = circle;
      const contacts = await this.#directory.contactsOf(email);
      if (this.#circles.get(email) !== circle) return;
      // Who asked later may have been answered before.
      if (changes >= circle.settled) this.#settle(circle, contacts, changes);
      if (circle.changes !== changes) continue;
      circle.askedAt = this.#clock.now();
      return;
    }
  }

  /** Believes what was read after so many changes, but for those that there were since. */
  #settle(circle: Circle, contacts: ReadonlySet<string>, changes: number): void {
    circle.settled = changes;
    this.#put(circle, circle.turns?.over(contacts, changes) ?? contacts);
    if (circle.turns?.forget(changes, this.#clock.now() - FRESH_MS)) circle.turns = null;
  }

  /** False if all of it was known already, as news that comes on two ways is. */
  #turn(circle: Circle, emails: Iterable<string>, { who, are, order }: ContactChange): boolean {
    const turn = { are, order, number: circle.changes + 1, at: this.#clock.now() };
    circle.turns ??= new ContactTurns();
    let isNews = false;
    for (const other of circle.email === who ? emails : [who]) {
      if (other !== circle.email && circle.turns.take(other, turn)) isNews = true;
    }
    if (isNews) this.#put(circle, circle.turns.over(circle.contacts, circle.changes));
    return isNews;
  }

  #put(circle: Circle, contacts: ReadonlySet<string>): void {
    const { email } = circle;
    for (const contact of circle.contacts) {
      if (contacts.has(contact)) continue;
      const watchers = this.#watchers.get(contact);
      if (!watchers?.delete(email) || watchers.size > 0) continue;
      this.#watchers.delete(contact);
      if (!this.#circles.has(contact)) this.#unwatched(contact);
    }
    for (const contact of contacts) {
      const watchers = this.#watchers.get(contact);
      if (watchers === undefined) this.#watchers.set(contact, new Set([email]));
      else watchers.add(email);
    }
    // Nobody, as most new users have it, is the same for all of them.
    circle.contacts = contacts.size === 0 ? NOBODY : contacts;
  }
}
