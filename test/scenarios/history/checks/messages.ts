import type { Check, Violation } from "../check.ts";
import type { Of } from "../history.ts";
import { by, latestEffect, troubled } from "../windows.ts";

/** Where a message that cannot come is refused by name, whoever it was for. */
const ALWAYS_ANSWERED = "devices";

/**
 * 6. Each message comes once and in its order, or its sender is told. Where the connection of one of the two ended
 * while it was under way it may be lost: it was written to a socket that died, or never got to the server.
 */
export const messages: Check = (history, { deliveryMs, recoveryMs }) => {
  const spans = troubled(history, recoveryMs);
  const key = ({ channel, from, to }: { channel: string; from: string; to: string }): string =>
    `${channel}: ${from} to ${to}`;
  const delivered = by(history.of("delivered"), key);
  const closed = history.of("closed");
  const endings = by(closed, ({ channel, who }) => `${channel}: ${who}`);
  const endedAt = new Map(closed.map(({ channel, socket, at }) => [`${channel}: ${socket}`, at]));
  const openings = by(history.of("opened"), ({ channel, who }) => `${channel}: ${who}`);
  const refusals = by(history.of("refused"), (one) => `${key(one)} by ${one.socket}`);
  const found: Violation[] = [];

  for (const [pair, came] of delivered) {
    const seen = new Map<number, Of<"delivered">>();
    for (const one of came) {
      const before = seen.get(one.n);
      if (before !== undefined)
        found.push({ invariant: 6, what: `${pair}: ${one.n} came twice`, proof: [before, one] });
      seen.set(one.n, one);
    }
    for (const line of by(came, ({ fromSocket, socket }) => `${fromSocket} ${socket}`).values()) {
      for (const [at, one] of line.entries()) {
        const before = line[at - 1];
        if (before === undefined || before.n <= one.n) continue;
        found.push({ invariant: 6, what: `${pair}: ${one.n} came after ${before.n}`, proof: [before, one] });
      }
    }
  }

  /** A message in the hands of a node that sleeps is under way until it wakes. */
  const underWayUntil = (at: number): number => latestEffect(at + deliveryMs, spans);
  /** Whether nothing about the receiver changed while the message could be under way. */
  const wasSteady = (channel: string, who: string, from: number): boolean => {
    const to = underWayUntil(from);
    const ends = endings.get(`${channel}: ${who}`) ?? [];
    const gone = ends.some(({ at }) => at >= from - deliveryMs && at <= to);
    // A device that is away is refused; elsewhere a place is kept for it, and its partner hears when it is given up.
    if (channel === ALWAYS_ANSWERED) return !gone;
    const came = openings.get(`${channel}: ${who}`) ?? [];
    return (
      !gone && came.some(({ at, socket }) => at <= from && (endedAt.get(`${channel}: ${socket}`) ?? Infinity) > to)
    );
  };
  const arrived = new Set(history.of("delivered").map((one) => `${key(one)} ${one.n}`));
  for (const [line, sent] of by(history.of("sent"), (one) => `${key(one)} by ${one.socket}`)) {
    const missing = sent.filter((one) => {
      if (arrived.has(`${key(one)} ${one.n}`)) return false;
      const senderEnded = endedAt.get(`${one.channel}: ${one.socket}`) ?? Infinity;
      return senderEnded > underWayUntil(one.at) && wasSteady(one.channel, one.to, one.at);
    });
    const told = refusals.get(line) ?? [];
    if (missing.length <= told.length) continue;
    const what = `${line}: ${missing.length} did not come, ${told.length} refused`;
    found.push({ invariant: 6, what, proof: [...missing, ...told] });
  }
  return found;
};
