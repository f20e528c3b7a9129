/** What a program is started with to believe in another time; null where faketime is not installed. */
function preloaded(): string | null {
  try {
    // The variant for programs of several threads does for the others as well.
    return Bun.spawnSync(["faketime", "-m", "-f", "+0", "printenv", "LD_PRELOAD"]).stdout.toString().trim() || null;
  } catch {
    return null;
  }
}

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
  return { LD_PRELOAD: preloaded() ?? "", FAKETIME_DONT_FAKE_MONOTONIC: "1", ...how };
}
