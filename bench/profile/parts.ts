import type { Stack } from "./stacks.ts";

/** What a process was doing, by who decides how long it takes. */
export const PARTS = [
  "our own code",
  "what our code calls of the runtime",
  "the runtime by itself",
  "sending",
  "receiving",
  "other threads",
] as const;

export type Part = (typeof PARTS)[number];

const SENDING = new Set(["__send", "__sendmsg", "__x64_sys_sendto", "__x64_sys_sendmsg", "__x64_sys_writev"]);
const RECEIVING = new Set(["__libc_recv", "__x64_sys_recvfrom", "__x64_sys_recvmsg"]);

/** `main`: the name of the thread that serves. */
export function partOf({ thread, frames }: Stack, main: string): Part {
  if (thread !== main) return "other threads";
  if (frames.some(({ name }) => SENDING.has(name))) return "sending";
  if (frames.some(({ name }) => RECEIVING.has(name))) return "receiving";
  if (frames[0]?.kind === "compiled") return "our own code";
  return frames.some(({ kind }) => kind === "compiled")
    ? "what our code calls of the runtime"
    : "the runtime by itself";
}

/** The share of each part, from 0 to 1; the thread that is seen most often is the one that serves. */
export function sharesOf(stacks: readonly Stack[]): Readonly<Record<Part, number>> {
  const threads = Map.groupBy(stacks, ({ thread }) => thread);
  const [main] = [...threads].toSorted(([, one], [, other]) => other.length - one.length)[0] ?? [""];
  const found = Map.groupBy(stacks, (stack) => partOf(stack, main));
  const share = (part: Part): number => (found.get(part)?.length ?? 0) / Math.max(1, stacks.length);
  return Object.fromEntries(PARTS.map((part) => [part, share(part)])) as Record<Part, number>;
}
