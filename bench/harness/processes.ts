import { readdirSync, readFileSync } from "node:fs";

/** Linux counts processor time in hundredths of a second. */
const TICK_SECONDS = 0.01;

/** What a process, all its threads included, has used of a processor so far, in seconds. */
export function cpuSeconds(pid: number): number {
  const fields = statOf(pid);
  return (Number(fields[11]) + Number(fields[12])) * TICK_SECONDS;
}

/** What a process and all that it has started, and they in turn, have used of a processor so far, in seconds. */
export function cpuSecondsOfTree(pid: number): number {
  return [pid, ...descendants(pid)].reduce((sum, one) => sum + cpuSeconds(one), 0);
}

/** Who started it. */
export function parentOf(pid: number): number {
  return Number(statOf(pid)[1]);
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

/** The fields of /proc/PID/stat after the name, which may itself hold spaces: the first is the state. */
function statOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
}
