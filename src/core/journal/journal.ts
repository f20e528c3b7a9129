import { isNamed, type Named } from "../../ports/audit-names.ts";
import type { Clock } from "../../ports/clock.ts";
import { Pages, type Kept } from "./pages.ts";

/** Notes of one kind that are kept; the oldest go first. */
const MOST_NOTES = 2_000;

/** After so long a note goes, in ms. */
export const NOTE_MS = 24 * 3_600_000;

/** How long nothing is noted of somebody who was forgotten, in ms: what they had open ends only then, and would say so. */
const ENDING_MS = 60_000;

/** People who were forgotten lately that are remembered; the oldest go first. */
const MOST_ENDING = 200;

/**
 * In UTF-16 units: a stranger may choose what stands in an id or a detail. No id that a face takes is longer: at most 256 code
 * points, or an address and so many, and what stands before it.
 */
const MAX_ID = 1_024;
const MAX_DETAIL = 300;

/** Something that happened to an object. */
export type Note = Pick<Kept, "at" | "what" | "detail">;

/** What happens on this node to what operators look at. Nothing that happens all the time is noted: only what changes. */
export interface Journal {
  /**
   * `person`: whom the detail names, so that it can be forgotten. `face`: whose object it is, where several have such; it is
   * asked for as `face:id` then, and the id, whose length that face has looked at, is kept as it is.
   */
  note(
    kind: string,
    id: string,
    what: string,
    detail?: string | null,
    person?: string | null,
    face?: string | null,
  ): void;
  /** Oldest first; `limit` of the newest at most. */
  of(kind: string, id: string, limit: number): readonly Note[];
  /** What was noted while this request was served, each object once; `limit` at most. */
  during(request: string, limit: number): readonly { readonly kind: string; readonly id: string }[];
  /** Drops what names them, and for a moment notes nothing more of it. */
  forget(named: Named): void;
  /** Drops what is past its age. */
  sweep(): void;
}

/** `request`: the name of the request that is being served; null where there is none. */
export function createJournal(clock: Pick<Clock, "now">, request: () => string | null = () => null): Journal {
  const kinds = new Map<string, Pages>();
  let ending: { readonly named: Named; readonly until: number }[] = [];
  const isYoung = ({ at }: Kept): boolean => at > clock.now() - NOTE_MS;
  const isEnding = (note: Pick<Kept, "face" | "id" | "person">): boolean => {
    if (ending.length === 0) return false;
    ending = ending.filter(({ until }) => until > clock.now());
    return ending.some(({ named }) => names(named, note));
  };
  return {
    note(kind, id, what, detail = null, person = null, face = null) {
      const note = {
        at: clock.now(),
        what,
        detail: detail === null ? null : cut(detail, MAX_DETAIL),
        face,
        id: face === null ? cut(id, MAX_ID) : id,
        person: person === null ? null : cut(person, MAX_ID),
        request: request(),
      };
      if (isEnding(note)) return;
      let pages = kinds.get(kind);
      if (pages === undefined) kinds.set(kind, (pages = new Pages(MOST_NOTES)));
      pages.put(note);
    },
    of(kind, id, limit) {
      const all = kinds.get(kind)?.all() ?? [];
      return all
        .filter((note) => nameOf(note) === id && isYoung(note))
        .slice(-limit)
        .map(({ at, what, detail }) => ({ at, what, detail }));
    },
    during(name, limit) {
      const found = new Map<string, { readonly kind: string; readonly id: string }>();
      for (const [kind, pages] of kinds) {
        for (const note of pages.all()) {
          if (note.request !== name || !isYoung(note)) continue;
          const id = nameOf(note);
          found.set(`${kind} ${id}`, { kind, id });
        }
      }
      return [...found.values()].slice(0, limit);
    },
    forget({ whole, ...others }) {
      // As ids are kept.
      const named = { ...others, whole: whole.map((id) => id.slice(0, MAX_ID)) };
      ending = [...ending, { named, until: clock.now() + ENDING_MS }].slice(-MOST_ENDING);
      for (const pages of kinds.values()) pages.keep((note) => !names(named, note));
    },
    sweep() {
      for (const pages of kinds.values()) pages.dropUntil(clock.now() - NOTE_MS);
    },
  };
}

function names(named: Named, note: Pick<Kept, "face" | "id" | "person">): boolean {
  return isNamed(named, nameOf(note)) || (note.person !== null && isNamed(named, note.person));
}

function nameOf({ face, id }: Pick<Kept, "face" | "id">): string {
  return face === null ? id : `${face}:${id}`;
}

function cut(text: string, most: number): string {
  return text.length > most ? text.slice(0, most) : text;
}
