import type { Check, Violation } from "../check.ts";
import type { Of } from "../history.ts";
import { by, latestEffect, overlap, troubled, type Span } from "../windows.ts";

/** Between two looks of one client, and what a busy machine adds, in ms. */
const SLACK_MS = 1_500;

interface Stay {
  readonly registered: Of<"registered">;
  readonly left: Of<"left"> | null;
}

/** 5. Nobody is shown past the bound after they left, and nobody who is there is hidden. */
export const presence: Check = (history, bounds) => {
  const spans = troubled(history, bounds.recoveryMs);
  const left = new Map(history.of("left").map((one) => [one.socket, one]));
  const stays = by(
    history.of("registered").map((registered): Stay => ({ registered, left: left.get(registered.socket) ?? null })),
    ({ registered }) => registered.who,
  );
  const beats = by(history.of("beat"), ({ who }) => who);
  const found: Violation[] = [];

  /** The last moment at which somebody may be shown. A goodbye is known at once, a silence only when it lasts. */
  const shownUntil = (presence: string, who: string, before: number): number => {
    const known = stays.get(who) ?? [];
    const until = known.map(({ registered, left }) => {
      if (registered.askedAt > before) return -Infinity;
      if (left === null) return Infinity;
      const grace = left.clean ? 0 : presence === "host" ? bounds.hostLeaseMs : bounds.presenceMs;
      const isTroubled = spans.some((span) => overlap(span, { from: left.at, to: left.at + grace }));
      const lastTrouble = isTroubled ? Math.max(...spans.filter(({ from }) => from <= left.at + grace).map(toOf)) : 0;
      return Math.max(left.at + grace, lastTrouble) + SLACK_MS;
    });
    return Math.max(-Infinity, ...until, ...beatsOf(who, before));
  };
  /** A beat that nobody answered counts when its node comes to it, which may be later than the goodbye. */
  const beatsOf = (who: string, before: number): number[] =>
    (beats.get(who) ?? [])
      .filter(({ fate, askedAt }) => fate === "unknown" && askedAt <= before)
      .map(({ at }) => latestEffect(at, spans) + bounds.hostLeaseMs + SLACK_MS);

  for (const saw of history.of("saw")) {
    for (const who of saw.there) {
      if (saw.askedAt <= shownUntil(saw.presence, who, saw.at)) continue;
      const proof = (stays.get(who) ?? []).flatMap(({ registered, left }) =>
        left ? [registered, left] : [registered],
      );
      found.push({ invariant: 5, what: `${saw.watcher} still sees ${who}`, proof: [...proof, saw] });
    }
    const looked: Span = { from: saw.askedAt - SLACK_MS, to: saw.at };
    if (spans.some((span) => overlap(span, looked))) continue;
    for (const who of saw.maySee) {
      if (saw.there.includes(who)) continue;
      const stay = (stays.get(who) ?? []).find(
        ({ registered, left }) => registered.at < looked.from && (left === null || left.at > saw.at + SLACK_MS),
      );
      if (stay === undefined) continue;
      // One who came back by another socket meanwhile is between two registrations.
      const moved = (stays.get(who) ?? []).some(
        (one) => one !== stay && one.registered.at > stay.registered.at && one.registered.askedAt < saw.at + SLACK_MS,
      );
      if (moved || (saw.presence === "host" && hasFallenSilent(beats.get(who) ?? [], saw, bounds.hostLeaseMs)))
        continue;
      found.push({ invariant: 5, what: `${saw.watcher} does not see ${who}`, proof: [stay.registered, saw] });
    }
  }
  return found;
};

/** A host that could not beat in time has no claim to be there. */
function hasFallenSilent(beats: readonly Of<"beat">[], saw: Of<"saw">, leaseMs: number): boolean {
  const last = beats.findLast(({ fate, at }) => fate === "done" && at <= saw.askedAt);
  return last === undefined || saw.at - last.askedAt >= leaseMs - SLACK_MS;
}

const toOf = ({ to }: Span): number => to;
