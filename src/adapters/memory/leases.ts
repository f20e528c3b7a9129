import type { Clock } from "../../ports/clock.ts";
import type { LeasePages } from "../../ports/lease-pages.ts";
import type { Hold, Lease, LeaseCounts, Leases, LeaseState, LeaseValue } from "../../ports/leases.ts";
import { DrawList, NONE } from "./draw-list.ts";
import { DueHeap } from "./due-heap.ts";
import { DueLine } from "./due-line.ts";
import { KeptAllocations } from "./kept-allocations.ts";
import { Rows } from "./rows.ts";

/** What is known of a lease in numbers. */
const STANDING = 0;
const EXPIRES_AT = 1;
/** When the allocation or the timed busy lapses; only read while there is one. */
const HELD_UNTIL = 2;
const EPOCH = 3;
const REVISION = 4;
/** Among which it is claimed: the group's number. */
const GROUP = 5;
/** Its places among the idle ones of its group, and of all. */
const AMONG_GROUP = 6;
const AMONG_ALL = 7;
type Column = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** No lease has the row. */
const VACANT = 0;
const IDLE = 1;
const ALLOCATED = 2;
const SOFT = 3;
const FIRM = 4;
const TIMED = 5;
const WITHHELD = 6;
const BUSY = { soft: SOFT, firm: FIRM, timed: TIMED, withheld: WITHHELD } as const satisfies Record<Hold, number>;
const STATES: readonly LeaseState[] = ["idle", "idle", "allocated", "busy", "busy", "busy", "busy"];
const HOLDS: readonly (Hold | null)[] = [null, null, null, "soft", "firm", "timed", "withheld"];

/** The leases of one name for claims, of which there is at least one. */
interface Group {
  readonly name: string;
  readonly number: number;
  readonly idle: DrawList<Column>;
  /** How many there are, idle or not. */
  members: number;
}

/** Whether its owner's word makes a lease busy. */
function turnsBusy(standing: number, word: "idle" | "busy" | undefined): boolean {
  return word === "busy" && standing !== FIRM && standing !== TIMED;
}

/** Whether its owner's word, or that there is one, makes it idle, if not busy. */
function turnsIdle(standing: number, word: "idle" | "busy" | undefined): boolean {
  return standing === WITHHELD || (word === "idle" && standing === SOFT);
}

/** Expired leases that one call forgets at most. */
const BITE = 1_000;

/**
 * Leases of one pool in this process. Every verb runs to its end without an await, which makes it one step.
 * Each lease has a row, and stays in it. The idle ones stand in a list per group and in one of all, so that a claim draws
 * without looking at the others. Whatever comes to a lease by itself, a claim or the time, has its row, and looks nothing up.
 * A claim meets what no cache has, and changes another lease each time: so what it changes is numbers, side by side, most of
 * them one way to memory, and no collection of garbage has to look at them.
 */
export function createMemoryLeases(clock: Clock): Leases & LeasePages {
  const rows = new Rows<Column>();
  const byId = new Map<string, number>();
  const byAlias = new Map<string, number>();
  // The rest of what is known of them, by their rows.
  const ids: string[] = [];
  const aliases: string[] = [];
  const values: LeaseValue[] = [];
  /** When the heap will bring each up; an older heap entry with another time counts no more. */
  const dueAts: number[] = [];
  /** The rows of all leases, one behind the other, and where in that list each of them is. */
  const live: number[] = [];
  const amongLive: number[] = [];
  const idle = new DrawList<Column>(rows, AMONG_ALL);
  const groups = new Map<string, Group>();
  /** By their numbers, some of which nothing has any more. */
  const numbered: (Group | undefined)[] = [];
  const freeNumbers: number[] = [];
  // What is due is a row, which by then may be vacant, or another lease's: what is to be done, its numbers say.
  const expiries = new DueHeap<number>();
  /** One for each, since either waits a time of its own. */
  const allocations = new DueLine<number>();
  const occupations = new DueLine<number>();
  const outlived = new KeptAllocations();
  let lastEpoch = 0;
  let lastRevision = 0;
  let lapsed = 0;

  const join = (row: number, name: string): void => {
    let group = groups.get(name);
    if (group === undefined) {
      const number = freeNumbers.pop() ?? numbered.length;
      group = { name, number, idle: new DrawList(rows, AMONG_GROUP), members: 0 };
      groups.set(name, group);
      numbered[number] = group;
    }
    group.members++;
    rows.set(row, GROUP, group.number);
  };

  const groupOf = (row: number): Group => numbered[rows.small(row, GROUP)]!;

  const leave = (row: number): void => {
    const group = groupOf(row);
    if (--group.members > 0) return;
    groups.delete(group.name);
    numbered[group.number] = undefined;
    freeNumbers.push(group.number);
  };

  const stand = (row: number, standing: number): void => {
    rows.set(row, STANDING, standing);
    rows.set(row, REVISION, ++lastRevision);
  };

  const toIdle = (row: number): void => {
    stand(row, IDLE);
    idle.add(row);
    groupOf(row).idle.add(row);
  };

  const leaveIdle = (row: number): void => {
    idle.remove(row);
    groupOf(row).idle.remove(row);
  };

  const toBusy = (row: number, hold: Hold): void => {
    leaveIdle(row);
    stand(row, BUSY[hold]);
  };

  const releaseAlias = (row: number): void => {
    if (byAlias.get(aliases[row]!) === row) byAlias.delete(aliases[row]!);
  };

  const forget = (row: number): void => {
    leaveIdle(row);
    leave(row);
    byId.delete(ids[row]!);
    releaseAlias(row);
    // The last one moves into the gap, so nothing shifts.
    const last = live.pop()!;
    if (last !== row) live[(amongLive[last] = amongLive[row]!)] = last;
    ids[row] = aliases[row] = values[row] = "";
    rows.giveBack(row);
  };

  /** As {@link forget}; but an allocation goes on until its own end. */
  const expired = (now: number, row: number): void => {
    const until = rows.get(row, HELD_UNTIL);
    if (rows.small(row, STANDING) === ALLOCATED && until > now) {
      outlived.keep(ids[row]!, { epoch: rows.get(row, EPOCH), until });
    }
    forget(row);
  };

  /** Until when the lease stays allocated or busy unless something is said before. */
  const holdUntil = (row: number, at: number, line: DueLine<number>): void => {
    rows.set(row, HELD_UNTIL, at);
    line.add(row, at);
  };

  const expire = (row: number, at: number): void => {
    dueAts[row] = at;
    expiries.add(row, at);
  };

  const allocate = (row: number, epoch: number, until: number): void => {
    leaveIdle(row);
    stand(row, ALLOCATED);
    rows.set(row, EPOCH, epoch);
    holdUntil(row, until, allocations);
  };

  const keep = (row: number, value: LeaseValue, expiresAt: number): void => {
    // A prolonged lease is entered again when it falls due; only a shortened one must be entered now.
    if (expiresAt < dueAts[row]!) expire(row, expiresAt);
    values[row] = value;
    rows.set(row, EXPIRES_AT, expiresAt);
    rows.set(row, REVISION, ++lastRevision);
  };

  /** Brings a row up to now: vacant if its lease expired, idle again if its allocation lapsed. False if it is vacant. */
  const isLive = (now: number, row: number): boolean => {
    const standing = rows.small(row, STANDING);
    if (standing === VACANT) return false;
    if (rows.get(row, EXPIRES_AT) <= now) {
      expired(now, row);
      return false;
    }
    if ((standing === ALLOCATED || standing === TIMED) && rows.get(row, HELD_UNTIL) <= now) {
      if (standing === ALLOCATED) lapsed++;
      toIdle(row);
    }
    return true;
  };

  const asOf = (now: number, row: number | undefined): number | null =>
    row !== undefined && isLive(now, row) ? row : null;

  /** The live lease with this id. */
  const current = (id: string, now = clock.now()): number | null => asOf(now, byId.get(id));

  /** The live lease that the alias leads to. */
  const holderOf = (alias: string, now = clock.now()): number | null => asOf(now, byAlias.get(alias));

  const seen = (row: number): Lease => {
    const standing = rows.small(row, STANDING);
    return {
      id: ids[row]!,
      group: groupOf(row).name,
      alias: aliases[row]!,
      value: values[row]!,
      state: STATES[standing]!,
      hold: HOLDS[standing]!,
      expiresAt: rows.get(row, EXPIRES_AT),
      epoch: rows.get(row, EPOCH),
      revision: rows.get(row, REVISION),
    };
  };

  /** Moves on what became due, a bounded bite at a time, so that no call pays for all of a great dying. */
  const settle = (now = clock.now()): number => {
    let gone = 0;
    for (let due = allocations.take(now); due !== undefined; due = allocations.take(now)) isLive(now, due);
    for (let due = occupations.take(now); due !== undefined; due = occupations.take(now)) isLive(now, due);
    outlived.settle(now);
    for (let bite = BITE; bite > 0; bite--) {
      const due = expiries.take(now);
      if (due === undefined) break;
      const { what: row, at } = due;
      if (rows.small(row, STANDING) === VACANT || dueAts[row] !== at) continue;
      const expiresAt = rows.get(row, EXPIRES_AT);
      if (expiresAt > now) expire(row, expiresAt);
      else {
        expired(now, row);
        gone++;
      }
    }
    return gone;
  };

  return {
    renew({ id, group, alias, value, ttlMs, state, begin, exclusive }) {
      const now = clock.now();
      const holder = holderOf(alias, now);
      const isHolder = holder !== null && ids[holder] === id;
      if (exclusive === true && holder !== null && !isHolder) return null;
      // Nearly always who renews is who holds the alias.
      const known = isHolder ? holder : current(id, now);
      const row = known ?? rows.take();
      const expiresAt = now + ttlMs;
      if (known === null) {
        byId.set(id, row);
        ids[row] = id;
        amongLive[row] = live.push(row) - 1;
        join(row, group);
        expire(row, expiresAt);
        toIdle(row);
        const allocation = outlived.take(id, now);
        if (allocation !== null && state !== "busy") allocate(row, allocation.epoch, allocation.until);
      } else {
        if (groupOf(row).name !== group) {
          leaveIdle(row);
          leave(row);
          join(row, group);
          if (rows.small(row, STANDING) === IDLE) toIdle(row);
        }
        if (aliases[row] !== alias) releaseAlias(row);
      }
      if (holder === null) byAlias.set(alias, row);
      if (aliases[row] !== alias) aliases[row] = alias;
      keep(row, value, expiresAt);
      const standing = rows.small(row, STANDING);
      if (known === null && begin !== undefined && standing !== ALLOCATED) toBusy(row, begin);
      else if (turnsBusy(standing, state)) toBusy(row, "soft");
      else if (turnsIdle(standing, state)) toIdle(row);
      return { lease: seen(row), created: known === null, moved: holder === null };
    },

    prolong(id, group, alias, value, ttlMs, state, now) {
      const row = holderOf(alias, now);
      if (row === null || ids[row] !== id || groupOf(row).name !== group) return false;
      const standing = rows.small(row, STANDING);
      if (turnsBusy(standing, state) || turnsIdle(standing, state)) return false;
      keep(row, value, now + ttlMs);
      return true;
    },

    async find(by) {
      const row = "id" in by ? current(by.id) : holderOf(by.alias);
      return row === null ? null : seen(row);
    },

    async missing(ids) {
      return ids.filter((id) => current(id) === null);
    },

    async occupy(id, forMs) {
      const row = current(id);
      if (row === null) return null;
      toBusy(row, forMs === undefined || rows.small(row, STANDING) === FIRM ? "firm" : "timed");
      if (forMs !== undefined) holdUntil(row, clock.now() + forMs, occupations);
      return seen(row);
    },

    async free(id, what) {
      const row = current(id);
      if (row === null) {
        if (what === "any") outlived.take(id, clock.now());
        return null;
      }
      const standing = rows.small(row, STANDING);
      const isHeld = standing === FIRM || standing === TIMED;
      if (isHeld || (what === "any" && standing !== IDLE)) toIdle(row);
      return seen(row);
    },

    claim({ group, forMs, pick }) {
      const now = clock.now();
      settle(now);
      const list = group === undefined ? idle : groups.get(group)?.idle;
      if (list === undefined) return null;
      for (let row = list.draw(pick); row !== NONE; row = list.draw(pick)) {
        if (!isLive(now, row)) continue;
        allocate(row, ++lastEpoch, now + forMs);
        return seen(row);
      }
      return null;
    },

    async release(id, epoch, then) {
      const row = current(id);
      if (row === null) return outlived.release(id, epoch, clock.now());
      if (rows.small(row, STANDING) !== ALLOCATED || rows.get(row, EPOCH) !== epoch) return false;
      if (then === "idle") toIdle(row);
      else toBusy(row, "withheld");
      return true;
    },

    async end(id) {
      const row = current(id);
      if (row === null) {
        outlived.take(id, clock.now());
        return null;
      }
      forget(row);
      return ++lastRevision;
    },

    async counts(): Promise<LeaseCounts> {
      const counts = { idle: 0, allocated: 0, busy: 0, lapsed: 0 };
      const now = clock.now();
      for (const row of byId.values()) {
        if (isLive(now, row)) counts[STATES[rows.small(row, STANDING)]!]++;
      }
      return { ...counts, lapsed };
    },

    async sweep() {
      return settle();
    },

    async page(from, limit) {
      const now = clock.now();
      const end = from === null ? live.length : Number(from) || 0;
      const page = live.slice(Math.max(0, end - limit), Math.max(0, end));
      const leases = page.filter((row) => isLive(now, row)).map(seen);
      // Whoever goes through all from the last to the first meets each that stays: only what stood behind moves to the front.
      return { leases, from: String(end), next: end <= limit ? null : String(end - limit) };
    },
  };
}
