// Loaded into a server that is measured, before its own program: on SIGUSR2 it writes to HEAP_REPORT how many bytes have
// been allocated since the start, which it can tell because garbage is never collected (see heap.ts).
import { heapStats } from "bun:jsc";
import { renameSync, writeFileSync } from "node:fs";

const file = process.env["HEAP_REPORT"]!;

process.on("SIGUSR2", () => {
  const { heapCapacity, extraMemorySize } = heapStats();
  writeFileSync(`${file}.tmp`, `${heapCapacity + extraMemorySize}`);
  renameSync(`${file}.tmp`, file);
});
