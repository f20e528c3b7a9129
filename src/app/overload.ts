import { createOverload, type Overload } from "../transport/limits/overload.ts";
import { openSentinel } from "../transport/limits/sentinel.ts";
import type { Config } from "./config/settings.ts";
import type { Logger } from "./log.ts";

/** Refuses work that would come too late, measured by what this process waits and uses; null: nothing is refused for that. */
export async function watchOverload({ MAX_DELAY_MS: maxDelayMs }: Config, log: Logger): Promise<Overload | null> {
  if (maxDelayMs === 0) return null;
  const now = (): number => performance.now();
  const used = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  };
  try {
    return createOverload({ sentinel: await openSentinel(), maxDelayMs, now, used });
  } catch (error) {
    log.error({ err: error }, "no work is refused for being late: that cannot be measured without 127.0.0.1");
    return null;
  }
}
