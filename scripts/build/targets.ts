/** What an executable can be built for, and the npm package that brings Bun's runtime for it. */
export const targets = {
  "linux-x64": { package: "@oven/bun-linux-x64", compile: "bun-linux-x64", machine: "x86-64" },
  "linux-arm64": { package: "@oven/bun-linux-aarch64", compile: "bun-linux-arm64", machine: "AArch64" },
} as const;

export type Target = keyof typeof targets;

/** The one this machine can run; null where it can run none. */
export function ownTarget(): Target | null {
  return find(`${process.platform}-${process.arch}`);
}

/** Null if there is no such target. */
export function find(name: string): Target | null {
  return Object.hasOwn(targets, name) ? (name as Target) : null;
}

/** By the number that stands in an ELF header (e_machine). */
const MACHINES: Readonly<Record<number, string>> = { 62: "x86-64", 183: "AArch64" };

const MAGIC = "\u007fELF";

/** What kind of machine runs this program; null if it is no ELF file of a kind known here. */
export function machineOf(file: Uint8Array): string | null {
  const header = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 20 || new TextDecoder("latin1").decode(file.subarray(0, 4)) !== MAGIC) return null;
  return MACHINES[header.getUint16(18, true)] ?? null;
}
