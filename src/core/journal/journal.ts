import type { Clock } from "../../ports/clock.ts";

/** Notes of one kind that are kept; the oldest go first. */
const MOST_NOTES = 2_000;

/** In UTF-16 units: a stranger may choose what stands in an id or a detail. */
const MAX_ID = 256;
const MAX_DETAIL = 300;

/** Something that happened to an object. */
export interface Note {
  /** In ms. */
  readonly at: number;
  /** Such as `registered`. */
  readonly what: string;
  readonly detail: string | null;
}

/** What happens on this node to what operators look at. Nothing that happens all the time is noted: only what changes. */
export interface Journal {
  note(kind: string, id: string, what: string, detail?: string | null): void;
  /** Oldest first; `limit` of the newest at most. */
  of(kind: string, id: string, limit: number): readonly Note[];
  /** What was noted while this request was served, each object once; `limit` at most. */
  during(request: string, limit: number): readonly { readonly kind: string; readonly id: string }[];
}

interface Kept extends Note {
  readonly id: string;
  readonly request: string | null;
}

/** `request`: the name of the request that is being served; null where there is none. */
export function createJournal(clock: Pick<Clock, "now">, request: () => string | null = () => null): Journal {
  const rings = new Map<string, { readonly notes: Kept[]; next: number }>();
  return {
    note(kind, id, what, detail = null) {
      let ring = rings.get(kind);
      if (ring === undefined) rings.set(kind, (ring = { notes: [], next: 0 }));
      const cut = detail === null ? null : detail.slice(0, MAX_DETAIL);
      ring.notes[ring.next] = { id: id.slice(0, MAX_ID), at: clock.now(), what, detail: cut, request: request() };
      ring.next = (ring.next + 1) % MOST_NOTES;
    },
    of(kind, id, limit) {
      const ring = rings.get(kind);
      if (ring === undefined) return [];
      const { notes, next } = ring;
      const inOrder = notes.length < MOST_NOTES ? notes : [...notes.slice(next), ...notes.slice(0, next)];
      return inOrder
        .filter((note) => note.id === id)
        .slice(-limit)
        .map(({ at, what, detail }) => ({ at, what, detail }));
    },
    during(name, limit) {
      const found = new Map<string, { readonly kind: string; readonly id: string }>();
      for (const [kind, { notes }] of rings) {
        for (const { id, request: its } of notes) if (its === name) found.set(`${kind} ${id}`, { kind, id });
      }
      return [...found.values()].slice(0, limit);
    },
  };
}
