import type { PairingListener } from "../matchmaking/types.ts";
import type { Journal } from "./journal.ts";
import type { Waits } from "./waits.ts";

export interface NotedListener extends PairingListener {
  /** The member is gone. */
  gone(id: string): void;
}

/** The same listener; what it hears is noted, and how long those waited who were matched. */
export function notedListener(
  listener: PairingListener,
  deps: {
    readonly queue: string;
    readonly journal: Journal;
    /** Of those who stand on a side. */
    waitsOf(side: string): Waits | null;
  },
): NotedListener {
  const { queue, journal, waitsOf } = deps;
  const note = (id: string, what: string, detail?: string): void =>
    journal.note("tickets", id, what, detail, null, queue);
  return {
    relayed: (id, message) => listener.relayed(id, message),
    overwhelmed: (id) => listener.overwhelmed(id),
    failed: (error) => listener.failed(error),
    waiting(id, position) {
      note(id, "waiting", `place ${position}`);
      listener.waiting(id, position);
    },
    matched(id, partner, initiator) {
      // Its partner stands on the side that it seeks, and seeks its own.
      if (initiator) waitsOf(partner.seeks)?.formed();
      note(id, "matched", `with ${partner.id}`);
      listener.matched(id, partner, initiator);
    },
    parted(id) {
      note(id, "parted", "its partner left");
      listener.parted(id);
    },
    waited({ side }, ms) {
      if (ms === null) waitsOf(side)?.expired();
      else waitsOf(side)?.matched(ms);
    },
    gone: (id) => note(id, "left"),
  };
}
