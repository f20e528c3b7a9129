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

/** A class that a socket has sent messages of. */
interface Counted {
  readonly kind: MessageClass;
  budgets: readonly MessageBudget[];
  /** Whether it counts on the address, too; and by which name on an account. */
  readonly isShared: boolean;
  account: string | null;
  readonly next: Counted | null;
}

/**
 * One socket's. Counting one message neither waits nor makes anything new; what a class needs is made when the first of
 * it is counted, since most sockets are idle, and there are many.
 */
export class Meter {
  readonly #meters: Meters;
  readonly #address: string | null;
  readonly #isStrict: boolean;
  /** A list and no map: there are few, and a map takes as much memory as all the rest of an idle socket's meter. */
  #counted: Counted | null = null;
  #isLeft = false;
  #account: string | null;
  #refused = 0;

  constructor(meters: Meters, { address, account, isStrict }: MeterOwner) {
    this.#meters = meters;
    this.#address = address;
    this.#isStrict = isStrict;
    this.#account = account;
  }

  /** Says who it is, as soon as that is known. Classes that were counted on another account before go on with that. */
  name(account: string): void {
    const isFirst = this.#account === null;
    this.#account = account;
    if (!isFirst || this.#isLeft) return;
    for (let one = this.#counted; one !== null; one = one.next) {
      const added = one.isShared ? this.#meters.shared(one.kind).account?.enter(account) : undefined;
      if (added === undefined) continue;
      one.account = account;
      one.budgets = [...one.budgets, added];
    }
  }

  /** Counts one message of a class. False: it is one too many, and must not have any effect. */
  take(kind: MessageClass): boolean {
    const budgets = this.#budgetsOf(kind);
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
    if (this.#isLeft) return;
    this.#isLeft = true;
    for (let one = this.#counted; one !== null; one = one.next) {
      if (!one.isShared) continue;
      const { address, account } = this.#meters.shared(one.kind);
      address?.leave(this.#address!);
      if (one.account !== null) account?.leave(one.account);
    }
  }

  #budgetsOf(kind: MessageClass): readonly MessageBudget[] {
    for (let one = this.#counted; one !== null; one = one.next) if (one.kind === kind) return one.budgets;
    return this.#enter(kind);
  }

  #enter(kind: MessageClass): readonly MessageBudget[] {
    const address = this.#address;
    const isShared = address !== null && !this.#isLeft;
    const own = address !== null || this.#isStrict ? this.#meters.own(kind) : null;
    const shared = this.#meters.shared(kind);
    const account = isShared && shared.account !== null ? this.#account : null;
    const budgets = [
      own,
      isShared ? shared.address?.enter(address) : null,
      account === null ? null : shared.account?.enter(account),
    ].filter((budget) => budget !== null && budget !== undefined);
    this.#counted = { kind, budgets, isShared, account, next: this.#counted };
    return budgets;
  }
}
