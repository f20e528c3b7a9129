import { readFileSync } from "node:fs";
import type { Figure } from "../transport/face.ts";
import { countDescriptors } from "./descriptors.ts";

/** When this process was started, in seconds since 1970. */
const STARTED = Math.round(Date.now() / 1_000 - process.uptime());

/** Lines of /proc/self/status, and the figures they become. */
const MEMORY: readonly (readonly [line: string, name: string, help: string])[] = [
  ["VmRSS", "process_resident_memory_bytes", "Resident memory size in bytes."],
  ["VmSize", "process_virtual_memory_bytes", "Virtual memory size in bytes."],
  ["VmData", "process_heap_bytes", "Process heap size in bytes."],
];

/**
 * The figures that every Prometheus client gives of its process, under the names they all use; what the system does not
 * tell is left out. Written here because the client library costs the start of a node more than all of its faces'
 * protocols together: bench/RESULTS.md.
 */
export function processFigures(): readonly Figure[] {
  return [
    ...processorTime(),
    gauge("process_start_time_seconds", STARTED_HELP, STARTED),
    ...memory(),
    ...descriptors(),
  ];
}

const STARTED_HELP = "Start time of the process since unix epoch in seconds.";

function gauge(name: string, help: string, value: number): Figure {
  return { name, help, type: "gauge", value };
}

function processorTime(): readonly Figure[] {
  const { user, system } = process.cpuUsage();
  const counter = (name: string, help: string, microseconds: number): Figure => ({
    name: `process_cpu_${name}`,
    help,
    type: "counter",
    value: microseconds / 1e6,
  });
  return [
    counter("user_seconds_total", "Total user CPU time spent in seconds.", user),
    counter("system_seconds_total", "Total system CPU time spent in seconds.", system),
    counter("seconds_total", "Total user and system CPU time spent in seconds.", user + system),
  ];
}

function memory(): readonly Figure[] {
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
  return [
    ...(read(ofSystem) ?? [gauge(MEMORY[0]![1], MEMORY[0]![2], rss)]),
    gauge("nodejs_heap_size_total_bytes", "Process heap size from Node.js in bytes.", heapTotal),
    gauge("nodejs_heap_size_used_bytes", "Process heap size used from Node.js in bytes.", heapUsed),
    gauge("nodejs_external_memory_bytes", "Node.js external memory size in bytes.", external),
  ];
}

function ofSystem(): readonly Figure[] {
  // Such as "VmRSS:     81292 kB".
  const lines = readFileSync("/proc/self/status", "latin1").matchAll(/^(Vm\w{1,9}):\s{1,99}(\d{1,19}) kB$/gm);
  const kilobytes = new Map(Array.from(lines, ([, line, value]) => [line, Number(value)]));
  return MEMORY.map(([line, name, help]) => gauge(name, help, kilobytes.get(line)! * 1_024));
}

function descriptors(): readonly Figure[] {
  const found = countDescriptors();
  if (found === null) return [];
  return [
    gauge("process_open_fds", "Number of open file descriptors.", found.open),
    gauge("process_max_fds", "Maximum number of open file descriptors.", found.limit),
  ];
}

/** Null where the system has no such file. */
function read<Result>(reading: () => Result): Result | null {
  try {
    return reading();
  } catch {
    return null;
  }
}
