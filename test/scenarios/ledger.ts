import { nameOf, type Address, type Device, type Hooks } from "./device.ts";

interface Account {
  sent: number;
  /** In the order in which they came, each with the socket it came by. */
  readonly received: { readonly serial: number; readonly n: number }[];
  refused: number;
}

/** What became of each message between devices. Messages of a sender to a receiver are numbered from 0. */
export class Ledger {
  readonly #accounts = new Map<string, Account>();
  /** How long deliveries and refusals took, in ms. */
  readonly delays: number[] = [];
  readonly refusals: { readonly after: number; readonly at: number; readonly why: string }[] = [];
  readonly #sentAt = new Map<string, number[]>();

  /** What a device of this ledger is registered with. */
  readonly hooks: Hooks = {
    message: (from, { n, at }, by) => {
      this.#of(from, by).received.push({ serial: by.serial, n });
      this.delays.push(performance.now() - at);
    },
    refused: (to, why, by) => {
      const account = this.#of(by, to);
      account.refused++;
      // Which one it was, nobody says: the oldest one open is the worst that it can be.
      const sentAt = this.#sentAt.get(key(by, to))?.[account.received.length + account.refused - 1];
      const at = performance.now();
      this.refusals.push({ after: at - (sentAt ?? at), at, why });
    },
  };

  send(from: Device, to: Address): void {
    const account = this.#of(from, to);
    const at = performance.now();
    const times = this.#sentAt.get(key(from, to)) ?? [];
    this.#sentAt.set(key(from, to), times);
    times.push(at);
    from.send(to, { n: account.sent++, at });
  }

  /** Messages of which nothing has been heard; with `from`, only those of this device. */
  open(from?: Address): number {
    return this.#sum(({ sent, received, refused }) => Math.max(0, sent - received.length - refused), from);
  }

  /** Messages that were delivered and refused as well. */
  both(): number {
    return this.#sum(({ sent, received, refused }) => Math.max(0, received.length + refused - sent));
  }

  sent(): number {
    return this.#sum(({ sent }) => sent);
  }

  received(): number {
    return this.#sum(({ received }) => received.length);
  }

  refused(): number {
    return this.#sum(({ refused }) => refused);
  }

  /** Pairs to one of which a message came twice, or after a later one. */
  confused(): string[] {
    return [...this.#accounts]
      .filter(([, { received }]) => {
        // What came by an older socket was sent before what came by a newer one.
        const inOrder = received.toSorted((a, b) => a.serial - b.serial);
        return inOrder.some(({ n }, at) => at > 0 && n <= inOrder[at - 1]!.n);
      })
      .map(([pair, { received }]) => `${pair}: ${received.map(({ n }) => n).join(" ")}`);
  }

  #sum(of: (account: Account) => number, from?: Address): number {
    let sum = 0;
    for (const [pair, account] of this.#accounts) {
      if (from === undefined || pair.startsWith(`${nameOf(from)} `)) sum += of(account);
    }
    return sum;
  }

  #of(from: Address, to: Address): Account {
    const known = this.#accounts.get(key(from, to));
    if (known !== undefined) return known;
    const made: Account = { sent: 0, received: [], refused: 0 };
    this.#accounts.set(key(from, to), made);
    return made;
  }
}

const key = (from: Address, to: Address): string => `${nameOf(from)} ${nameOf(to)}`;
