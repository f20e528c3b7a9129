import { readdirSync, readFileSync, statSync } from "node:fs";

/** Where Linux says which files this process has open, and how many it may. */
const OPEN = "/proc/self/fd";
const LIMITS = "/proc/self/limits";

/** How often to look, in ms; where the kernel does not count, every descriptor is looked at, and that less often. */
const LOOK_MS = 100;
const LOOK_AT_EACH_MS = 1_000;

/** What a look at the descriptors of this process found. */
export interface Descriptors {
  readonly open: number;
  readonly limit: number;
  /** When to look again, in ms. */
  readonly againMs: number;
}

/** Counts the descriptors of this process; null where the system does not tell. */
export function countDescriptors(): Descriptors | null {
  const limit = readLimit();
  if (limit === null) return null;
  try {
    // Since Linux 6.2 the size of the folder is their number; asking for it takes none.
    const { size } = statSync(OPEN);
    if (size > 0) return { open: size, limit, againMs: LOOK_MS };
    // One of them is the folder itself, as long as it is read.
    return { open: readdirSync(OPEN).length - 1, limit, againMs: LOOK_AT_EACH_MS };
  } catch (error) {
    const isOut = (error as NodeJS.ErrnoException).code === "EMFILE";
    return isOut ? { open: limit, limit, againMs: LOOK_AT_EACH_MS } : null;
  }
}

/** How long the limit that was read is taken to stand, in ms: to read it takes longer than to count. */
const LIMIT_MS = 500;

let lastLimit: number | null = null;
let readAt = -Infinity;

/**
 * Null where the system does not say. It can be changed while the process runs; with no descriptor left to read it, it is
 * what it was.
 */
function readLimit(): number | null {
  const now = performance.now();
  if (now - readAt < LIMIT_MS) return lastLimit;
  readAt = now;
  try {
    // Node knows no getrlimit; Linux writes it down.
    lastLimit = readDescriptorLimit(readFileSync(LIMITS, "latin1"));
  } catch {
    // As it was.
  }
  return lastLimit;
}

/** What is kept for everything that is no socket of a client, at least: files, stores, plain requests. */
const RESERVE = 256;

/** The same, as a part of all. */
const RESERVED = 0.05;

/** Where nothing says how many descriptors there are, or that there is no limit. */
const UNKNOWN = 1_000_000;

/** How many files and sockets this process may have open. */
export function descriptorLimit(): number {
  return readLimit() ?? UNKNOWN;
}

/** @param limits what Linux says of a process */
export function readDescriptorLimit(limits: string): number {
  const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(limits) ?? [];
  return soft === undefined || soft === "unlimited" ? UNKNOWN : Math.min(UNKNOWN, Number(soft));
}

/** How many sockets of clients fit into so many descriptors. */
export function socketsFor(descriptors: number): number {
  return Math.max(1, descriptors - reserveOf(descriptors));
}

/** How many plain requests may be waited for at once: half of what the sockets leave, so that stores and files have theirs. */
export function requestsFor(descriptors: number): number {
  return Math.max(1, Math.floor(Math.min(reserveOf(descriptors), descriptors / 2) / 2));
}

function reserveOf(descriptors: number): number {
  return Math.max(RESERVE, Math.ceil(descriptors * RESERVED));
}
