/**
 * The faketime command, after what its library left in shared memory for a process that was killed and had the id this
 * one has: it would fail on finding that. The shell keeps its id when it becomes the command.
 */
const COMMAND =
  'rm -f "/dev/shm/sem.faketime_sem_$$" "/dev/shm/faketime_shm_$$"; ' +
  // The variant for programs of several threads does for the others as well.
  "exec faketime -m -f +0 printenv LD_PRELOAD";

/** What a program is started with to believe in another time; null where faketime is not installed. */
const preloaded = (): string | null => Bun.spawnSync(["sh", "-c", COMMAND]).stdout.toString().trim() || null;

export const hasFakedTime = (): boolean => preloaded() !== null;

/**
 * The environment in which a program believes in another time, written as libfaketime does (`+2h`), or read from a file
 * again and again. Set by hand because the faketime command stays in between as a parent that passes no signal on.
 * Timers run on the monotonic clock, which keeps its pace.
 */
export function fakedTime(
  offset: string | { readonly file: string; readonly everySeconds: number },
): Record<string, string> {
  const how: Record<string, string> =
    typeof offset === "string"
      ? { FAKETIME: offset }
      : { FAKETIME_TIMESTAMP_FILE: offset.file, FAKETIME_CACHE_DURATION: `${offset.everySeconds}` };
  const library = preloaded();
  if (library === null) throw new Error("faketime is not installed");
  return { LD_PRELOAD: library, FAKETIME_DONT_FAKE_MONOTONIC: "1", ...how };
}
