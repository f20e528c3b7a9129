import type { Clock } from "../../ports/clock.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import {
  selects,
  type Draft,
  type Mail,
  type Mailboxes,
  type Measure,
  type Selection,
  type Tidings,
} from "../../ports/mailboxes.ts";
import { DueHeap } from "./due-heap.ts";
import { MailPile, weightOf } from "./mail-pile.ts";

/** What all mailboxes of the process may weigh together, in bytes. */
const TOTAL_BYTES = 256 * 1024 * 1024;

interface Watcher {
  readonly selection: Selection;
  readonly tell: (what: Tidings) => void;
}

/** Mailboxes of one process. No verb waits in the middle, so each is one step. */
export function createMemoryMailboxes(clock: Clock, totalBytes = TOTAL_BYTES): Mailboxes {
  const piles = new Map<string, MailPile>();
  const watchers = new Map<string, Set<Watcher>>();
  /** One entry a mailbox, at the time its first mail runs out; see {@link settle}. */
  const expiries = new DueHeap<string>();
  let bytes = 0;
  let lastCursor = 0;

  /** Microseconds of the clock, so that a cursor of a process that ended is not met again. */
  const nextCursor = (): number => (lastCursor = Math.max(lastCursor + 1, clock.now() * 1000));

  /** The mailbox without the mail whose time is over; undefined if nothing is left. */
  const current = (mailbox: string): MailPile | undefined => {
    const pile = piles.get(mailbox);
    if (pile === undefined) return undefined;
    bytes -= pile.expire(clock.now()).bytes;
    if (pile.size > 0) return pile;
    piles.delete(mailbox);
    return undefined;
  };

  const settle = (): number => {
    const now = clock.now();
    let gone = 0;
    for (let due = expiries.take(now); due !== undefined; due = expiries.take(now)) {
      const pile = piles.get(due.what);
      // Another entry stands for this mailbox if it was forgotten and made again.
      if (pile === undefined || pile.dueAt !== due.at) continue;
      const before = pile.size;
      const left = current(due.what);
      gone += before - (left?.size ?? 0);
      if (left !== undefined) fallDue(due.what, left, left.firstExpiry);
    }
    return gone;
  };

  const fallDue = (mailbox: string, pile: MailPile, at: number): void => {
    pile.dueAt = at;
    expiries.add(mailbox, at);
  };

  const tell = (mailbox: string, what: Tidings, to: (selection: Selection) => boolean): void => {
    for (const watcher of [...(watchers.get(mailbox) ?? [])]) if (to(watcher.selection)) watcher.tell(what);
  };

  return {
    async post(draft, bounds) {
      const pile = current(draft.mailbox) ?? new MailPile();
      const former = draft.supersedes.map((kind) => pile.find({ ...draft, kind })).filter((mail) => mail !== null);
      const weight = former.reduce((rest, mail) => rest - weightOf(mail), weightOf(draft));
      const more = { count: 1 - former.length, bytes: weight };
      if (exceeds(bounds.sender, pile.usedBy(draft.from), more)) return { full: "sender" };
      if (exceeds(bounds.mailbox, { count: pile.size, bytes: pile.bytes }, more)) return { full: "mailbox" };
      if (bytes + more.bytes > totalBytes) settle();
      if (bytes + more.bytes > totalBytes) throw new StoreUnavailable(new Error("the mailboxes' memory is full"));

      for (const mail of former) pile.remove(mail);
      const mail = mailOf(draft, nextCursor());
      const expiresAt = clock.now() + draft.ttlMs;
      pile.add(mail, expiresAt);
      bytes += more.bytes;
      piles.set(draft.mailbox, pile);
      if (expiresAt < pile.dueAt) fallDue(draft.mailbox, pile, expiresAt);
      tell(draft.mailbox, "posted", (selection) => selects(selection, mail));
      return { cursor: mail.cursor };
    },

    async read(mailbox, selection, after, limit) {
      const found: Mail[] = [];
      for (const mail of current(mailbox)?.after(after) ?? []) {
        if (found.length === limit) break;
        if (selects(selection, mail)) found.push(mail);
      }
      return found;
    },

    async newest(mailbox, selection) {
      return current(mailbox)?.last((mail) => selects(selection, mail)) ?? null;
    },

    async watch(mailbox, selection, tell) {
      const watcher = { selection, tell };
      const all = watchers.get(mailbox) ?? new Set();
      watchers.set(mailbox, all.add(watcher));
      return () => {
        if (all.delete(watcher) && all.size === 0) watchers.delete(mailbox);
      };
    },

    async drop(mailbox) {
      bytes -= piles.get(mailbox)?.bytes ?? 0;
      piles.delete(mailbox);
      tell(mailbox, "dropped", () => true);
    },

    async sweep() {
      return settle();
    },
  };
}

function exceeds(bound: Measure, used: Measure, more: Measure): boolean {
  return used.count + more.count > bound.count || used.bytes + more.bytes > bound.bytes;
}

function mailOf({ kind, from, to, content }: Draft, cursor: number): Mail {
  return { cursor, kind, from, to, content };
}
