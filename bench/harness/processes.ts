import { dlopen, FFIType, ptr } from "bun:ffi";
import { readdirSync, readFileSync } from "node:fs";

const libc = dlopen("libc.so.6", {
  clock_gettime: { args: [FFIType.i32, FFIType.ptr], returns: FFIType.i32 },
}).symbols;

/** USER_HZ, in which the kernel tells times, whatever its own clock. */
const TICKS = 100;

/**
 * What a process, all its threads included, has used of a processor so far, in seconds. By the process' own clock, which
 * tells nanoseconds; /proc tells hundredths of a second, which is much of a short measurement.
 */
export function cpuSeconds(pid: number): number {
  const time = new BigInt64Array(2);
  // The number of another process' clock: clock_getcpuclockid(3).
  const clock = (~pid << 3) | 2;
  if (libc.clock_gettime(clock, ptr(time)) !== 0) throw new Error(`there is no process ${pid}`);
  return Number(time[0]) + Number(time[1]) / 1e9;
}

/**
 * What of {@link cpuSeconds} was spent in the kernel, in steps of a hundredth of a second. Where the kernel does not count
 * each switch, it is the part in which its ticks fell, so that only longer stretches tell it.
 */
export function kernelSeconds(pid: number): number {
  // proc_pid_stat(5): the 15th field; the second, which may hold blanks, ends with the last bracket.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
  return Number(fields[12]) / TICKS;
}

/** What a process and all that it has started, and they in turn, have used of a processor so far, in seconds. */
export function cpuSecondsOfTree(pid: number): number {
  return [pid, ...descendants(pid)].reduce((sum, one) => sum + cpuSeconds(one), 0);
}

/** Who started it. */
export function parentOf(pid: number): number {
  return Number(/PPid:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]);
}

/** What of its memory is resident, in bytes. */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024;
}

function descendants(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`)
    .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" "))
    .filter((one) => one !== "")
    .map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}
