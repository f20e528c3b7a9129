import type { Clock } from "../../ports/clock.ts";
import type { PairingListener } from "../matchmaking/types.ts";
import type { Journal } from "./journal.ts";
import type { Waits } from "./waits.ts";

export interface NotedListener extends PairingListener {
  /** The member is gone, or an operator took it out of its line. */
  gone(id: string, what: string): void;
}

/** The same listener; what it hears is noted, and how long who was matched had waited. */
export function notedListener(
  listener: PairingListener,
  deps: {
    readonly queue: string;
    readonly journal: Journal;
    /** Of the line that a member stands in. */
    waitsOf(id: string): Waits | null;
    readonly clock: Pick<Clock, "now">;
  },
): NotedListener {
  const { queue, journal, waitsOf, clock } = deps;
  /** Since when each has waited, and in which line. */
  const since = new Map<string, { readonly at: number; readonly waits: Waits | null }>();
  const note = (id: string, what: string, detail?: string): void =>
    journal.note("tickets", `${queue}:${id}`, what, detail);
  return {
    relayed: (id, message) => listener.relayed(id, message),
    overwhelmed: (id) => listener.overwhelmed(id),
    failed: (error) => listener.failed(error),
    waiting(id, position) {
      if (!since.has(id)) since.set(id, { at: clock.now(), waits: waitsOf(id) });
      note(id, "waiting", `place ${position}`);
      listener.waiting(id, position);
    },
    matched(id, partner, initiator) {
      const now = clock.now();
      const { at, waits } = since.get(id) ?? { at: now, waits: waitsOf(id) };
      since.delete(id);
      waits?.matched(now - at);
      if (initiator) waits?.formed();
      note(id, "matched", `with ${partner.id}`);
      listener.matched(id, partner, initiator);
    },
    parted(id) {
      note(id, "parted", "its partner left");
      listener.parted(id);
    },
    gone(id, what) {
      since.get(id)?.waits?.expired();
      since.delete(id);
      note(id, what);
    },
  };
}
