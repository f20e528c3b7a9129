import type { Clock } from "../../ports/clock.ts";
import type { BudgetTable, MessageClass } from "./budget-table.ts";
import { MessageBudget, SharedBudgets, type Whose } from "./message-budget.ts";

/** Refusals in a row after which a socket is not slow to understand but a flood. */
const FLOOD = 50;

/** Whose messages a meter counts. */
export interface MeterOwner {
  /** The client's address; null for this machine itself, where it does not count. */
  readonly address: string | null;
  /** Whom its token names, if that is known. */
  readonly account: string | null;
  /** True: its own budgets hold even where the address does not count. */
  readonly isStrict: boolean;
}

/** The budgets of a class that several sockets share. */
type Shared = { readonly address: SharedBudgets | null; readonly account: SharedBudgets | null };

/** Hears what is refused of what sockets send. */
export interface MeterNews {
  /** A budget of a class was used up. */
  over(kind: MessageClass, whose: Whose): void;
  /** A message was answered with this code. */
  answered(code: string): void;
}

const nobody: MeterNews = { over: () => undefined, answered: () => undefined };

/** Counts what sockets send, by class; on this node alone. */
export class Meters {
  /** For {@link Meter} alone, as is the clock. */
  readonly news: MeterNews;
  readonly clock: Clock;
  readonly #table: BudgetTable;
  readonly #shared = new Map<MessageClass, Shared>();

  constructor(clock: Clock, table: BudgetTable, news: MeterNews = nobody) {
    this.news = news;
    this.clock = clock;
    this.#table = table;
  }

  /** To be followed by {@link Meter.leave}. Holds nothing until it counts. */
  enter(owner: MeterOwner): Meter {
    return new Meter(this, owner);
  }

  /** For {@link Meter} alone: a socket's own budget of a class. */
  own(kind: MessageClass): MessageBudget | null {
    const { socket } = this.#table[kind];
    return socket === undefined ? null : new MessageBudget(this.clock, socket, "socket");
  }

  /** For {@link Meter} alone. */
  shared(kind: MessageClass): Shared {
    const known = this.#shared.get(kind);
    if (known !== undefined) return known;
    const { address, account } = this.#table[kind];
    const made = {
      address: address === undefined ? null : new SharedBudgets(this.clock, address),
      account: account === undefined ? null : new SharedBudgets(this.clock, account, "account"),
    };
    this.#shared.set(kind, made);
    return made;
  }
}

/** One socket's. Counting one message neither waits nor makes anything new. */
export class Meter {
  readonly #meters: Meters;
  readonly #owner: MeterOwner;
  /** Null until something is counted: most sockets are idle, and there are many. */
  #budgets: Map<MessageClass, readonly MessageBudget[]> | null = null;
  #isLeft = false;
  /** What to leave in the end. */
  #left: (() => void)[] | null = null;
  #account: string | null;
  #refused = 0;

  constructor(meters: Meters, owner: MeterOwner) {
    this.#meters = meters;
    this.#owner = owner;
    this.#account = owner.account;
  }

  /** Says who it is, as soon as that is known. Classes that were counted on another account before go on with that. */
  name(account: string): void {
    const isFirst = this.#account === null;
    this.#account = account;
    if (!isFirst || this.#owner.address === null || this.#isLeft) return;
    for (const [kind, budgets] of this.#budgets ?? []) {
      const added = this.#share(this.#meters.shared(kind).account, account);
      if (added !== null) this.#budgets!.set(kind, [...budgets, added]);
    }
  }

  /** Counts one message of a class. False: it is one too many, and must not have any effect. */
  take(kind: MessageClass): boolean {
    const budgets = this.#budgets?.get(kind) ?? this.#enter(kind);
    const now = this.#meters.clock.now();
    for (const budget of budgets) {
      if (budget.take(now)) continue;
      this.#refused++;
      this.#meters.news.over(kind, budget.whose);
      return false;
    }
    // That it may be read at all says nothing of what it is.
    if (kind !== "message") this.#refused = 0;
    return true;
  }

  /** Something that it sent was answered with this code. */
  answered(code: string): void {
    this.#meters.news.answered(code);
  }

  /** True once so many were refused one after the other that nobody can be listening. */
  get isFlood(): boolean {
    return this.#refused >= FLOOD;
  }

  /** What is still counted after this, as by work that goes on behind a socket, is shared with nobody. */
  leave(): void {
    this.#isLeft = true;
    for (const leave of this.#left ?? []) leave();
    this.#left = null;
  }

  #enter(kind: MessageClass): readonly MessageBudget[] {
    const { address, isStrict } = this.#owner;
    const counts = address !== null && !this.#isLeft;
    const own = address !== null || isStrict ? this.#meters.own(kind) : null;
    const shared = this.#meters.shared(kind);
    const budgets = [
      own,
      counts ? this.#share(shared.address, address) : null,
      counts && this.#account !== null ? this.#share(shared.account, this.#account) : null,
    ].filter((budget) => budget !== null);
    this.#budgets ??= new Map();
    this.#budgets.set(kind, budgets);
    return budgets;
  }

  #share(shared: SharedBudgets | null, name: string): MessageBudget | null {
    if (shared === null) return null;
    this.#left ??= [];
    this.#left.push(() => shared.leave(name));
    return shared.enter(name);
  }
}
