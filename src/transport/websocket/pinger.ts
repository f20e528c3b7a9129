/** A socket as it is pinged. */
export interface Pinged {
  /** `isHeard`: something came since it was pinged last. `pingedAt`: the step of that ping. */
  readonly data: { isHeard?: boolean; pingedAt?: number };
  ping(): unknown;
  terminate(): void;
}

/** Two, and a little less because turns shift when others come and go. */
const LOST_ROUNDS = 1.9;

/**
 * Pings all sockets in the course of so many steps, a part of them in each. The runtime's own pings go to all at once that
 * fell silent in the same four seconds, such as a crowd that has reconnected, and hold up everybody else for that long.
 *
 * One that was pinged and has said nothing since is not pinged again, and is lost at its second turn after that. The
 * runtime would never notice where something is sent to it all the time: its own patience starts anew with each frame.
 * Time is counted in steps, so that a process that was stopped for a while takes nobody for lost who had no turn to answer.
 */
export function createPinger(sockets: ReadonlySet<Pinged>, steps: number): { step(): void } {
  let round = sockets.values();
  let owed = 0;
  let now = 0;

  const next = (): Pinged | undefined => {
    const { value } = round.next();
    if (value !== undefined) return value;
    round = sockets.values();
    return round.next().value;
  };
  return {
    step() {
      now++;
      for (owed += sockets.size / steps; owed >= 1; owed--) {
        const socket = next();
        if (socket?.data.isHeard === true) {
          socket.data.isHeard = false;
          socket.data.pingedAt = now;
          socket.ping();
        } else if (socket?.data.pingedAt !== undefined && now - socket.data.pingedAt >= LOST_ROUNDS * steps) {
          socket.terminate();
        }
      }
    },
  };
}
