import type { CompiledCode } from "./jit-dump.ts";

/** One moment of a thread. */
export interface Stack {
  /** What the thread is called. */
  readonly thread: string;
  /** From where it was to where it began. */
  readonly frames: readonly Frame[];
}

export interface Frame {
  /** Compiled from JavaScript, or of the runtime, the C library and the kernel. */
  readonly kind: "compiled" | "native";
  readonly name: string;
}

/** The library in whose name perf tells of memory that no file lies behind, as that of compiled code. */
const NO_FILE = /\((?:\/tmp\/perf-\d+\.map|\[anon.*\]|\[unknown\]|\/\/anon|.*jit.*)\)$/;

/** Reads what `perf script -F comm,ip,sym,dso` prints: a paragraph a sample. */
export function readStacks(text: string, code: CompiledCode): Stack[] {
  return text
    .split("\n\n")
    .map((sample) => sample.split("\n").filter((line) => line.trim() !== ""))
    .filter((lines) => lines.length > 1)
    .map(([thread, ...lines]) => ({ thread: thread!.trim(), frames: lines.map((line) => frameOf(line.trim(), code)) }));
}

function frameOf(line: string, code: CompiledCode): Frame {
  const space = line.indexOf(" ");
  const [address, where] = [line.slice(0, space), line.slice(space + 1)];
  const compiled = NO_FILE.test(where) ? code.nameAt(Number.parseInt(address, 16)) : null;
  if (compiled !== null) return { kind: "compiled", name: compiled };
  return { kind: "native", name: where.slice(0, where.lastIndexOf(" (")) };
}
