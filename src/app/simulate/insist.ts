import { Refusal } from "./client.ts";
import { pause } from "./pause.ts";

/** How often, and how many ms more each time before the next. */
const [TRIES, AGAIN_MS] = [5, 1_000];

/**
 * Makes a request that must go well, again while there is hope.
 *
 * @throws {Refusal} there is none, or the signal says that all is to end
 */
export async function insist<Body>(request: () => Promise<Body>, signal: AbortSignal): Promise<Body> {
  for (let tries = 1; ; tries++) {
    try {
      return await request();
    } catch (error) {
      const isHopeful = error instanceof Refusal && error.isTransient && tries < TRIES && !signal.aborted;
      if (!isHopeful) throw error;
      await pause(Math.max(AGAIN_MS * tries, error.retryAfterMs), signal);
    }
  }
}
