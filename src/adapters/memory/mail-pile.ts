import type { Mail, Measure } from "../../ports/mailboxes.ts";

/** What a mail counts for in the bounds, in bytes. */
export function weightOf(mail: Omit<Mail, "cursor">): number {
  const names = Buffer.byteLength(mail.kind) + Buffer.byteLength(mail.from) + Buffer.byteLength(mail.to ?? "");
  return names + Buffer.byteLength(mail.content);
}

interface Kept {
  readonly mail: Mail;
  readonly weight: number;
  /** In ms. */
  readonly expiresAt: number;
}

const NOTHING: Measure = { count: 0, bytes: 0 };

/** The mail of one mailbox in order, with what it and each sender weigh. */
export class MailPile {
  #kept: Kept[] = [];
  readonly #bySender = new Map<string, Measure>();
  bytes = 0;
  /** When the mailbox is entered to be looked at for mail that ran out, in ms. */
  dueAt = Infinity;
  /** No mail runs out before this, in ms. */
  firstExpiry = Infinity;

  get size(): number {
    return this.#kept.length;
  }

  usedBy(sender: string): Measure {
    return this.#bySender.get(sender) ?? NOTHING;
  }

  add(mail: Mail, expiresAt: number): void {
    const weight = weightOf(mail);
    this.#kept.push({ mail, weight, expiresAt });
    this.firstExpiry = Math.min(this.firstExpiry, expiresAt);
    this.#count(mail.from, 1, weight);
  }

  remove(mail: Mail): void {
    const at = this.#firstAfter(mail.cursor) - 1;
    const [kept] = this.#kept.splice(at, 1);
    this.#count(mail.from, -1, -kept!.weight);
  }

  /** Forgets what has run out at `now` (ms); says how much that was. */
  expire(now: number): Measure {
    if (this.firstExpiry > now) return NOTHING;
    const before = { count: this.size, bytes: this.bytes };
    const over = this.#kept.filter(({ expiresAt }) => expiresAt <= now);
    this.#kept = this.#kept.filter(({ expiresAt }) => expiresAt > now);
    for (const { mail, weight } of over) this.#count(mail.from, -1, -weight);
    this.firstExpiry = this.#kept.reduce((first, { expiresAt }) => Math.min(first, expiresAt), Infinity);
    return { count: before.count - this.size, bytes: before.bytes - this.bytes };
  }

  /** The mail with this kind, sender and addressee that was posted last. */
  find(like: Pick<Mail, "kind" | "from" | "to">): Mail | null {
    return this.last(({ kind, from, to }) => kind === like.kind && from === like.from && to === like.to);
  }

  last(wanted: (mail: Mail) => boolean): Mail | null {
    return this.#kept.findLast(({ mail }) => wanted(mail))?.mail ?? null;
  }

  /** The mail behind a cursor, in order. */
  *after(cursor: number): Generator<Mail> {
    for (let at = this.#firstAfter(cursor); at < this.#kept.length; at++) yield this.#kept[at]!.mail;
  }

  #count(sender: string, count: number, bytes: number): void {
    this.bytes += bytes;
    const used = this.usedBy(sender);
    const now = { count: used.count + count, bytes: used.bytes + bytes };
    if (now.count === 0) this.#bySender.delete(sender);
    else this.#bySender.set(sender, now);
  }

  /** Where the mail behind a cursor begins. */
  #firstAfter(cursor: number): number {
    let low = 0;
    let high = this.#kept.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#kept[middle]!.mail.cursor <= cursor) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
