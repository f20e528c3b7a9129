import type { Clock } from "../../ports/clock.ts";
import type { LeasePages } from "../../ports/lease-pages.ts";
import type { Hold, Lease, LeaseCounts, Leases, LeaseState } from "../../ports/leases.ts";
import { DrawList } from "./draw-list.ts";
import { DueHeap } from "./due-heap.ts";
import { DueLine } from "./due-line.ts";

/** The leases of one name for claims, of which there is at least one. */
interface Group {
  readonly name: string;
  readonly idle: DrawList<"amongGroup", Entry>;
  /** How many there are, idle or not. */
  members: number;
}

/** A class and no literal, so that all it knows stands in one piece of memory: a claim meets what no cache has. */
class Entry {
  readonly id: string;
  group: Group;
  alias: string;
  value: string;
  state: LeaseState = "idle";
  hold: Hold | null = null;
  expiresAt: number;
  /** When the allocation or the timed busy lapses; only read while there is one. */
  heldUntil = 0;
  epoch = 0;
  revision = 0;
  /** Its places among those that are idle, and among all leases; -1: it is not there. */
  amongGroup = -1;
  amongAll = -1;
  amongLive = -1;
  /** When the heap will bring it up; an older heap entry with another time counts no more. */
  dueAt = 0;
  /** The lease has ended: whoever still comes upon this must not bring it back. */
  hasEnded = false;

  constructor(id: string, group: Group, alias: string, value: string, expiresAt: number) {
    this.id = id;
    this.group = group;
    this.alias = alias;
    this.value = value;
    this.expiresAt = expiresAt;
  }
}

/** Expired leases that one call forgets at most. */
const BITE = 1_000;

/**
 * Leases of one pool in this process. Every verb runs to its end without an await, which makes it one step.
 * Idle entries stand in a list per group and in one of all, so that a claim draws without looking at the others. Whatever
 * comes to an entry by itself, a claim or the time, has the entry, and looks nothing up.
 */
export function createMemoryLeases(clock: Clock): Leases & LeasePages {
  const entries = new Map<string, Entry>();
  const aliases = new Map<string, Entry>();
  const live = new DrawList<"amongLive", Entry>("amongLive");
  const idle = new DrawList<"amongAll", Entry>("amongAll");
  const groups = new Map<string, Group>();
  const expiries = new DueHeap<Entry>();
  /** One for each, since either waits a time of its own. */
  const allocations = new DueLine<Entry>();
  const occupations = new DueLine<Entry>();
  let lastEpoch = 0;
  let lastRevision = 0;
  let lapsed = 0;

  const joined = (name: string): Group => {
    let group = groups.get(name);
    if (group === undefined) groups.set(name, (group = { name, idle: new DrawList("amongGroup"), members: 0 }));
    group.members++;
    return group;
  };

  const leave = (group: Group): void => {
    if (--group.members === 0) groups.delete(group.name);
  };

  const toIdle = (entry: Entry): void => {
    entry.state = "idle";
    entry.hold = null;
    entry.revision = ++lastRevision;
    idle.add(entry);
    entry.group.idle.add(entry);
  };

  const leaveIdle = (entry: Entry): void => {
    idle.remove(entry);
    entry.group.idle.remove(entry);
  };

  const toBusy = (entry: Entry, hold: Hold): void => {
    leaveIdle(entry);
    entry.state = "busy";
    entry.hold = hold;
    entry.revision = ++lastRevision;
  };

  const forget = (entry: Entry): void => {
    leaveIdle(entry);
    leave(entry.group);
    live.remove(entry);
    entry.hasEnded = true;
    // Whoever is still to come upon it has no use for what may be large.
    entry.value = "";
    entries.delete(entry.id);
    if (aliases.get(entry.alias) === entry) aliases.delete(entry.alias);
  };

  /** Until when the entry stays allocated or busy unless something is said before. */
  const holdUntil = (entry: Entry, at: number, line: DueLine<Entry>): void => {
    entry.heldUntil = at;
    line.add(entry, at);
  };

  const expire = (entry: Entry): void => {
    entry.dueAt = entry.expiresAt;
    expiries.add(entry, entry.dueAt);
  };

  /** The entry as it is now: gone if it expired, idle again if its allocation lapsed. */
  const asOf = (now: number, entry: Entry): Entry | null => {
    if (entry.hasEnded) return null;
    if (entry.expiresAt <= now) {
      forget(entry);
      return null;
    }
    if ((entry.state === "allocated" || entry.hold === "timed") && entry.heldUntil <= now) {
      if (entry.state === "allocated") lapsed++;
      toIdle(entry);
    }
    return entry;
  };

  /** The live lease with this id. */
  const current = (id: string, now = clock.now()): Entry | null => {
    const entry = entries.get(id);
    return entry === undefined ? null : asOf(now, entry);
  };

  /** The live lease that the alias leads to. */
  const holderOf = (alias: string, now = clock.now()): Entry | null => {
    const entry = aliases.get(alias);
    return entry === undefined ? null : asOf(now, entry);
  };

  /** Moves on what became due, a bounded bite at a time, so that no call pays for all of a great dying. */
  const settle = (now = clock.now()): number => {
    let gone = 0;
    for (let due = allocations.take(now); due !== undefined; due = allocations.take(now)) asOf(now, due);
    for (let due = occupations.take(now); due !== undefined; due = occupations.take(now)) asOf(now, due);
    for (let bite = BITE; bite > 0; bite--) {
      const due = expiries.take(now);
      if (due === undefined) break;
      const { what: entry, at } = due;
      if (entry.hasEnded || entry.dueAt !== at) continue;
      if (entry.expiresAt > now) expire(entry);
      else {
        forget(entry);
        gone++;
      }
    }
    return gone;
  };

  return {
    renew({ id, group, alias, value, ttlMs, state, begin, exclusive }) {
      const now = clock.now();
      const holder = holderOf(alias, now);
      if (exclusive === true && holder !== null && holder.id !== id) return null;
      // Nearly always who renews is who holds the alias.
      let entry = holder?.id === id ? holder : current(id, now);
      const created = entry === null;
      const expiresAt = now + ttlMs;
      if (entry === null) {
        entry = new Entry(id, joined(group), alias, value, expiresAt);
        entries.set(id, entry);
        live.add(entry);
        expire(entry);
        toIdle(entry);
      } else if (entry.group.name !== group) {
        leaveIdle(entry);
        leave(entry.group);
        entry.group = joined(group);
        if (entry.state === "idle") toIdle(entry);
      }
      if (entry.alias !== alias && aliases.get(entry.alias) === entry) aliases.delete(entry.alias);
      const moved = holder === null;
      if (moved) aliases.set(alias, entry);
      entry.alias = alias;
      entry.value = value;
      entry.expiresAt = expiresAt;
      entry.revision = ++lastRevision;
      // A prolonged lease is entered again when it falls due; only a shortened one must be entered now.
      if (expiresAt < entry.dueAt) expire(entry);
      const isOwners = entry.hold !== "firm" && entry.hold !== "timed";
      if (created && begin !== undefined) toBusy(entry, begin);
      else if (state === "busy" && isOwners) toBusy(entry, "soft");
      else if (entry.hold === "withheld" || (state === "idle" && entry.hold === "soft")) toIdle(entry);
      return { lease: seen(entry), created, moved };
    },

    async find(by) {
      const entry = "id" in by ? current(by.id) : holderOf(by.alias);
      return entry && seen(entry);
    },

    async missing(ids) {
      return ids.filter((id) => current(id) === null);
    },

    async occupy(id, forMs) {
      const entry = current(id);
      if (entry === null) return null;
      toBusy(entry, forMs === undefined || entry.hold === "firm" ? "firm" : "timed");
      if (forMs !== undefined) holdUntil(entry, clock.now() + forMs, occupations);
      return seen(entry);
    },

    async free(id, what) {
      const entry = current(id);
      if (entry === null) return null;
      const isHeld = entry.hold === "firm" || entry.hold === "timed";
      if (isHeld || (what === "any" && entry.state !== "idle")) toIdle(entry);
      return seen(entry);
    },

    claim({ group, forMs, pick }) {
      const now = clock.now();
      settle(now);
      const list = group === undefined ? idle : groups.get(group)?.idle;
      for (let entry = list?.draw(pick); entry !== undefined; entry = list?.draw(pick)) {
        if (asOf(now, entry) === null) continue;
        leaveIdle(entry);
        entry.state = "allocated";
        entry.epoch = ++lastEpoch;
        entry.revision = ++lastRevision;
        holdUntil(entry, now + forMs, allocations);
        return seen(entry);
      }
      return null;
    },

    async release(id, epoch, then) {
      const entry = current(id);
      if (entry === null || entry.state !== "allocated" || entry.epoch !== epoch) return false;
      if (then === "idle") toIdle(entry);
      else toBusy(entry, "withheld");
      return true;
    },

    async end(id) {
      const entry = current(id);
      if (entry === null) return null;
      forget(entry);
      return ++lastRevision;
    },

    async counts(): Promise<LeaseCounts> {
      const counts = { idle: 0, allocated: 0, busy: 0, lapsed: 0 };
      const now = clock.now();
      for (const entry of entries.values()) {
        if (asOf(now, entry) !== null) counts[entry.state]++;
      }
      return { ...counts, lapsed };
    },

    async sweep() {
      return settle();
    },

    async page(from, limit) {
      const now = clock.now();
      const end = from === null ? live.size : Number(from) || 0;
      const page = live.before(end, limit);
      const leases = page.filter((entry) => asOf(now, entry) !== null).map(seen);
      return { leases, from: String(end), next: end <= limit ? null : String(end - limit) };
    },
  };
}

function seen({ id, group, alias, value, state, hold, expiresAt, epoch, revision }: Entry): Lease {
  return { id, group: group.name, alias, value, state, hold, expiresAt, epoch, revision };
}
