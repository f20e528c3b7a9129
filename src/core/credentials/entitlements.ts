import type { Timer } from "../../ports/clock.ts";
import type { NewPresence, Presence } from "../../ports/presences.ts";
import { Marks, type MarksDeps } from "./marks.ts";

/** Who has been matched with somebody, and may have TURN credentials for that. */
export interface Entitlements {
  /**
   * The subject is matched for `forMs` from now, or up to a quarter longer. Null: nobody was asked who it is, and there is
   * nothing to note. Never fails nor waits: what it is noted for is done already. A store that is away is told later.
   */
  mark(subject: string | null, forMs: number): void;
  /**
   * The same as long as a proviso is met, which is looked at whenever somebody asks. Fulfilled when the other nodes can
   * know, or the store has failed; never rejects.
   */
  markWhile(proviso: string, subject: string | null, forMs: number): Promise<void>;
  /** The subject is matched until the function that comes back is called, if there is a proviso while it is met. Null: as above. */
  hold(subject: string | null, proviso?: string): () => void;
  /** True while the subject is matched, on whichever node. @throws {StoreUnavailable} */
  has(subject: string): Promise<boolean>;
  stop(): void;
}

/** Where tokens are not looked at, nobody can be told from anybody. */
export const openEntitlements: Entitlements = {
  mark: () => undefined,
  markWhile: async () => undefined,
  hold: () => () => undefined,
  has: async () => true,
  stop: () => undefined,
};

/** How long what is held lasts without being said again, and how often it is, in ms. */
const HELD_MS = 60_000;
const SAY_MS = 20_000;

interface Held {
  readonly said: NewPresence;
  /** Null until the store knows of it. */
  presence: Presence | null;
  isOver: boolean;
}

export interface EntitlementsDeps extends MarksDeps {
  /** True if one of these is met for the subject. Left out: none ever is. */
  isMet?(provisos: readonly string[], subject: string): Promise<boolean>;
}

/**
 * Marks in a store that all nodes share: a subject's group, with a member for each match that is held, and one a node and
 * proviso for the others. The value of each is its proviso, empty if there is none.
 */
export function createEntitlements(deps: EntitlementsDeps): Entitlements {
  const { presences, clock, node, failed, isMet = async () => false } = deps;
  const marks = new Marks(deps);
  const all = new Set<Held>();
  let holds = 0;
  let saying: Timer | null = null;
  const said = (group: string, value: string): NewPresence => {
    const member = `${node}/${++holds}`;
    return { group, member, connection: member, node, value };
  };
  const noteOf = (group: string) => ({ group, member: node, value: "" });

  const enter = async (held: Held): Promise<void> => {
    const { since } = await presences.enter(held.said, HELD_MS);
    held.presence = { ...held.said, since };
    if (held.isOver) await leave(held);
  };
  const leave = async ({ said: { group, member, connection } }: Held): Promise<void> => {
    await presences.leave(group, member, connection);
  };
  const sayAgain = async (): Promise<void> => {
    const known = [...all].flatMap(({ presence }) => presence ?? []);
    const lost = new Set((await presences.prolong(known, HELD_MS)).map(({ member }) => member));
    const unsaid = [...all].filter(({ presence, said: { member } }) => presence === null || lost.has(member));
    await Promise.all(unsaid.map(enter));
  };
  const keepSaying = (): void => {
    saying ??= clock.every(SAY_MS, () => void sayAgain().catch(failed));
  };

  return {
    mark(subject, forMs) {
      if (subject === null) return;
      void marks.add(noteOf(subject), forMs);
    },
    async markWhile(proviso, subject, forMs) {
      if (subject === null) return;
      await marks.add({ group: subject, member: `${node} ${proviso}`, value: proviso }, forMs);
    },
    hold(subject, proviso = "") {
      if (subject === null) return () => undefined;
      const held: Held = { said: said(subject, proviso), presence: null, isOver: false };
      all.add(held);
      enter(held).catch(failed);
      keepSaying();
      return () => {
        if (held.isOver) return;
        held.isOver = true;
        all.delete(held);
        if (held.presence !== null) leave(held).catch(failed);
      };
    },
    async has(subject) {
      if (marks.has(noteOf(subject))) return true;
      const found = (await presences.of([subject])).get(subject) ?? [];
      if (found.some(({ value }) => value === "")) return true;
      return found.length > 0 && isMet([...new Set(found.map(({ value }) => value))], subject);
    },
    stop() {
      saying?.cancel();
      saying = null;
      marks.stop();
    },
  };
}
