import { readFileSync } from "node:fs";

/** What is kept for everything that is no socket of a client, at least: files, stores, plain requests. */
const RESERVE = 256;

/** The same, as a part of all. */
const RESERVED = 0.05;

/** Where nothing says how many descriptors there are, or that there is no limit. */
const UNKNOWN = 1_000_000;

/** How many files and sockets this process may have open. */
export function descriptorLimit(): number {
  try {
    // Node knows no getrlimit; Linux writes it down.
    return readDescriptorLimit(readFileSync("/proc/self/limits", "utf8"));
  } catch {
    return UNKNOWN;
  }
}

/** @param limits what Linux says of a process */
export function readDescriptorLimit(limits: string): number {
  const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(limits) ?? [];
  return soft === undefined || soft === "unlimited" ? UNKNOWN : Math.min(UNKNOWN, Number(soft));
}

/** How many sockets of clients fit into so many descriptors. */
export function socketsFor(descriptors: number): number {
  return Math.max(1, descriptors - Math.max(RESERVE, Math.ceil(descriptors * RESERVED)));
}
