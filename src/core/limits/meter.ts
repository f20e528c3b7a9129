import type { Clock } from "../../ports/clock.ts";
import type { BudgetTable, MessageClass, Per } from "./budget-table.ts";
import { MessageBudget, SharedBudgets } from "./message-budget.ts";

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
  over(kind: MessageClass, whose: Per): void;
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
    return socket === undefined ? null : new MessageBudget(this.clock, socket);
  }

  /** For {@link Meter} alone. */
  shared(kind: MessageClass): Shared {
    const known = this.#shared.get(kind);
    if (known !== undefined) return known;
    const { address, account } = this.#table[kind];
    const made = {
      address: address === undefined ? null : new SharedBudgets(this.clock, address),
      account: account === undefined ? null : new SharedBudgets(this.clock, account),
    };
    this.#shared.set(kind, made);
    return made;
  }
}

/** A class that a socket has sent messages of, and the budgets that these count on. */
interface Counted {
  readonly kind: MessageClass;
  readonly socket: MessageBudget | null;
  readonly address: MessageBudget | null;
  account: MessageBudget | null;
  /** The account's name. */
  name: string | null;
  readonly next: Counted | null;
}

/**
 * One socket's. Counting one message neither waits nor makes anything new; what a class needs is made when the first of
 * it is counted, since most sockets are idle, and there are many.
 */
export class Meter {
  readonly #meters: Meters;
  /** Null: it shares no budgets, because this machine's address does not count or because it has left. */
  #address: string | null;
  readonly #hasOwn: boolean;
  /** A list and no map: there are few, and a map takes as much memory as all the rest of an idle socket's meter. */
  #counted: Counted | null = null;
  #account: string | null;
  #refused = 0;

  constructor(meters: Meters, { address, account, isStrict }: MeterOwner) {
    this.#meters = meters;
    this.#address = address;
    this.#hasOwn = address !== null || isStrict;
    this.#account = account;
  }

  /** Says who it is, as soon as that is known. Classes that were counted on another account before go on with that. */
  name(account: string): void {
    const isFirst = this.#account === null;
    this.#account = account;
    if (!isFirst || this.#address === null) return;
    for (let one = this.#counted; one !== null; one = one.next) {
      one.account = this.#meters.shared(one.kind).account?.enter(account) ?? null;
      one.name = account;
    }
  }

  /** Counts one message of a class. False: it is one too many, and must not have any effect. */
  take(kind: MessageClass): boolean {
    const over = usedUp(this.#countedOf(kind), this.#meters.clock.now());
    if (over !== null) {
      this.#refused++;
      this.#meters.news.over(kind, over);
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
    const left = this.#address;
    if (left === null) return;
    this.#address = null;
    for (let one = this.#counted; one !== null; one = one.next) {
      const { address, account } = this.#meters.shared(one.kind);
      address?.leave(left);
      if (one.name !== null) account?.leave(one.name);
    }
  }

  #countedOf(kind: MessageClass): Counted {
    for (let one = this.#counted; one !== null; one = one.next) if (one.kind === kind) return one;
    return (this.#counted = this.#enter(kind));
  }

  #enter(kind: MessageClass): Counted {
    const address = this.#address;
    const name = address === null ? null : this.#account;
    const shared = this.#meters.shared(kind);
    return {
      kind,
      socket: this.#hasOwn ? this.#meters.own(kind) : null,
      address: address === null ? null : (shared.address?.enter(address) ?? null),
      account: name === null ? null : (shared.account?.enter(name) ?? null),
      name,
      next: this.#counted,
    };
  }
}

/** Takes one from each budget, up to the first that has none left: whose that is; null if all had. */
function usedUp({ socket, address, account }: Counted, now: number): Per | null {
  if (socket?.take(now) === false) return "socket";
  if (address?.take(now) === false) return "address";
  return account?.take(now) === false ? "account" : null;
}
