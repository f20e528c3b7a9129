import { expect, test } from "bun:test";
import { closeSync, openSync } from "node:fs";
import { processFigures } from "./process-figures.ts";

test("a process tells its time, its memory and its descriptors", () => {
  const figures = new Map(processFigures().map(({ name, value }) => [name, value as number]));
  const of = (name: string): number => figures.get(name)!;
  expect(of("process_cpu_seconds_total")).toBeCloseTo(
    of("process_cpu_user_seconds_total") + of("process_cpu_system_seconds_total"),
    6,
  );
  expect(Math.abs(of("process_start_time_seconds") + process.uptime() - Date.now() / 1_000)).toBeLessThan(2);
  expect(of("process_resident_memory_bytes")).toBeGreaterThan(of("nodejs_heap_size_used_bytes"));
  expect(of("process_open_fds")).toBeGreaterThan(2);
  expect(of("process_max_fds")).toBeGreaterThan(of("process_open_fds"));
});

test("each descriptor is counted, and looking at them takes none", () => {
  const count = (): number => processFigures().find(({ name }) => name === "process_open_fds")!.value as number;
  const before = count();
  const opened = Array.from({ length: 50 }, () => openSync("/dev/null", "r"));
  expect([count(), count()]).toEqual([before + 50, before + 50]);
  for (const one of opened) closeSync(one);
  expect(count()).toBe(before);
});
