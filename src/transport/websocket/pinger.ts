/** A socket as it is pinged. */
export interface Pinged {
  /** `isHeard`: true if something came since it was pinged last; `pingedAt`: when that was, in the pinger's own time. */
  readonly data: {
    isHeard?: boolean;
    pingedAt?: number;
    /** Keeps account of what was written. */
    readonly live?: { pinged(mark: string): void } | undefined;
  };
  ping(): unknown;
  terminate(): void;
}

export interface Pinger {
  /** Pings, and cuts, those whose turn it is. `now`: ms, of a clock that never goes back. To be called often. */
  step(now: number): void;
  /** To be called for each that is gone. */
  forget(socket: Pinged): void;
}

/** What passed since the last step counts for no more than this, in ms: what was held up is spread and not made up for. */
const MOST_MS = 250;

/**
 * Pings all sockets in the course of a round, a part of them in each step. The runtime's own pings go to all at once that
 * fell silent in the same four seconds, such as a crowd that has reconnected, and hold up everybody else for that long.
 *
 * One that was pinged and has said nothing since is not pinged again, and is cut once it has been silent for too long. The
 * runtime would never notice where something is sent to it all the time: its own patience starts anew with each frame.
 * A process that stood still for a while takes nobody for lost whose answer it has not read yet.
 */
export function createPinger(
  sockets: ReadonlySet<Pinged>,
  { roundMs, lostMs }: { readonly roundMs: number; readonly lostMs: number },
): Pinger {
  let round = sockets.values();
  let owed = 0;
  let last: number | null = null;
  /** How much time has counted so far, in ms. */
  let passed = 0;
  /** The few that had not answered when their turn came again; the first has waited longest. */
  const silent = new Set<Pinged>();

  const next = (): Pinged | undefined => {
    const { value } = round.next();
    if (value !== undefined) return value;
    round = sockets.values();
    return round.next().value;
  };
  const cutLost = (): void => {
    for (const socket of silent) {
      const { isHeard, pingedAt } = socket.data;
      if (passed - pingedAt! < lostMs) return;
      silent.delete(socket);
      if (isHeard !== true) socket.terminate();
    }
  };
  return {
    step(now) {
      const elapsed = Math.min(now - (last ?? now), MOST_MS);
      last = now;
      passed += elapsed;
      cutLost();
      for (owed += (sockets.size * elapsed) / roundMs; owed >= 1; owed--) {
        const socket = next();
        if (socket === undefined) continue;
        if (socket.data.isHeard !== true) silent.add(socket);
        else {
          socket.data.isHeard = false;
          socket.data.pingedAt = passed;
          silent.delete(socket);
          socket.ping();
          socket.data.live?.pinged("");
        }
      }
    },
    forget: (socket) => void silent.delete(socket),
  };
}
