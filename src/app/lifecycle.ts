import type { Clock } from "../ports/clock.ts";
import type { Face } from "../transport/face.ts";
import type { Logger } from "./log.ts";
import type { RunningServer } from "./server.ts";

/** How often to look whether everything has ended, in ms. */
const LOOK_MS = 20;

export interface LifecycleOptions {
  readonly server: RunningServer;
  readonly faces: readonly Face[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly drainMs: number;
  /** Lets go of the stores. */
  close(): void;
  exit(code: number): void;
}

/**
 * The way down. First not ready, so that a load balancer looks elsewhere; then no new matches, and the live sockets
 * are told; what runs is finished, for as long as `drainMs`; then the process ends. A second call ends it at once.
 */
export function createLifecycle(options: LifecycleOptions): { drain(why: string): void } {
  const { server, faces, clock, log, drainMs } = options;
  let draining = false;

  const idle = (): Promise<void> =>
    new Promise((done) => {
      const looking = clock.every(LOOK_MS, () => {
        if (server.busy() > 0) return;
        looking.cancel();
        done();
      });
    });

  const down = async (): Promise<void> => {
    for (const face of faces) face.drain?.();
    server.closeSocketIo();
    let timeUp: () => void;
    const deadline = new Promise<"late">((late) => (timeUp = () => late("late")));
    clock.after(drainMs, () => timeUp());
    const outcome = await Promise.race([idle().then(() => server.stop(false)), deadline]);
    if (outcome === "late") log.warn({ open: server.busy() }, "the time to drain is up; cutting what is still open");
    await Promise.race([server.stop(true), deadline]);
    await Promise.all(faces.map(async (face) => face.stop?.()));
    options.close();
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
