import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { Face } from "../transport/face.ts";
import { beginDepartures } from "./departures.ts";
import type { Logger } from "./log.ts";
import type { RunningServer } from "./server.ts";

/** Kept back from the time to drain for ending what has not ended by itself, in ms. */
const CUT_MS = 500;

/** How long answers that are given may take to leave, in ms; what has not asked anything yet is not waited for. */
const FLUSH_MS = 500;

/**
 * No request for this long, in ms: then whoever sends them has found out, and the listener can go. Before, it would cut
 * connections on which a request is under way.
 */
const QUIET_MS = 250;

/** How often to look whether everything has ended, in ms. */
const LOOK_MS = 20;

export interface LifecycleOptions {
  readonly server: RunningServer;
  readonly faces: readonly Face[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly drainMs: number;
  /** Lets go of the stores. `isCleared`: the faces have ended, so that nothing of theirs is left there. */
  close(isCleared: boolean): Promise<void>;
  exit(code: number): void;
}

/**
 * The way down. First not ready, so that a load balancer looks elsewhere; no new sockets and no new matches; the live
 * sockets are closed one by one; what runs is finished, and what still comes is answered, for as long as `drainMs`; then
 * the process ends. A second call ends it at once.
 */
export function createLifecycle(options: LifecycleOptions): { drain(why: string): void } {
  const { server, faces, clock, random, log, drainMs } = options;
  let draining = false;

  const idle = (): Promise<void> =>
    new Promise((done) => {
      let quietSince = server.wasAsked() ? clock.now() : 0;
      const looking = clock.every(LOOK_MS, () => {
        if (server.wasAsked()) quietSince = clock.now();
        if (server.busy() > 0 || clock.now() - quietSince < QUIET_MS) return;
        looking.cancel();
        done();
      });
    });

  const pass = (ms: number): Promise<void> => new Promise((passed) => clock.after(ms, passed));

  const down = async (): Promise<void> => {
    server.drain();
    for (const face of faces) face.drain?.();
    beginDepartures({
      clock,
      random,
      drainMs,
      open: () => [...server.open(), ...faces.flatMap((face) => face.holds?.() ?? [])],
      failed: (error) => log.error({ err: error }, "could not end what was open"),
    });
    const finished = idle().then(() => "finished" as const);
    const outcome = await Promise.race([finished, pass(Math.max(0, drainMs - CUT_MS))]);
    if (outcome === "finished") await Promise.race([server.stop(false), pass(FLUSH_MS)]);
    else log.warn({ open: server.busy() }, "the time to drain is up; cutting what is still open");
    await Promise.race([server.stop(true), pass(CUT_MS / 2)]);
    const ended = Promise.all(faces.map(async (face) => face.stop?.())).then(() => true);
    const isCleared = await Promise.race([ended, pass(CUT_MS / 2).then(() => false)]);
    // A store that does not answer any more does not hold the process up.
    await Promise.race([options.close(isCleared), pass(CUT_MS / 2)]);
    log.info("drained");
    options.exit(0);
  };

  return {
    drain(why) {
      if (draining) {
        log.warn({ why }, "told twice: ending at once");
        options.exit(1);
        return;
      }
      draining = true;
      log.info({ why, seconds: drainMs / 1000 }, "draining");
      down().catch((error: unknown) => {
        log.error({ err: error }, "could not drain");
        options.exit(1);
      });
    },
  };
}
