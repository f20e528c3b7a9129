/** A socket as it is pinged. */
export interface Pinged {
  /** True if something came since it was pinged last. */
  readonly data: { isHeard?: boolean };
  ping(): unknown;
}

/**
 * Pings all sockets in the course of so many steps, a part of them in each. The runtime's own pings go to all at once that
 * fell silent in the same four seconds, such as a crowd that has reconnected, and hold up everybody else for that long.
 *
 * One that was pinged and has said nothing since is left to the runtime, which starts anew with each frame it sends and
 * would else never take it for lost.
 */
export function createPinger(sockets: ReadonlySet<Pinged>, steps: number): { step(): void } {
  let round = sockets.values();
  let owed = 0;

  const next = (): Pinged | undefined => {
    const { value } = round.next();
    if (value !== undefined) return value;
    round = sockets.values();
    return round.next().value;
  };
  return {
    step() {
      for (owed += sockets.size / steps; owed >= 1; owed--) {
        const socket = next();
        if (socket?.data.isHeard !== true) continue;
        socket.data.isHeard = false;
        socket.ping();
      }
    },
  };
}
