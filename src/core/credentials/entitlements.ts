import type { Clock, Timer } from "../../ports/clock.ts";
import type { NewPresence, Presence, Presences } from "../../ports/presences.ts";

/** Who has been matched with somebody, and may have TURN credentials for that. */
export interface Entitlements {
  /** The subject is matched for `forMs` from now. Null: nobody was asked who it is, and there is nothing to note. */
  mark(subject: string | null, forMs: number): Promise<void>;
  /** The subject is matched until the function that comes back is called. Null: as above. */
  hold(subject: string | null): () => void;
  /** True while the subject is matched, on whichever node. @throws {StoreUnavailable} */
  has(subject: string): Promise<boolean>;
  stop(): void;
}

/** Where tokens are not looked at, nobody can be told from anybody. */
export const openEntitlements: Entitlements = {
  mark: async () => undefined,
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

export interface EntitlementsDeps {
  readonly presences: Presences;
  readonly clock: Clock;
  readonly node: string;
  /** The store could not be told; it is told again. */
  failed(error: unknown): void;
}

/** Marks in a store that all nodes share: a subject's group, with a member for each of its matches. */
export function createEntitlements({ presences, clock, node, failed }: EntitlementsDeps): Entitlements {
  const all = new Set<Held>();
  let marks = 0;
  let saying: Timer | null = null;
  const said = (group: string): NewPresence => {
    const member = `${node}/${++marks}`;
    return { group, member, connection: member, node, value: "" };
  };

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

  return {
    async mark(subject, forMs) {
      if (subject !== null) await presences.enter(said(subject), forMs);
    },
    hold(subject) {
      if (subject === null) return () => undefined;
      const held: Held = { said: said(subject), presence: null, isOver: false };
      all.add(held);
      enter(held).catch(failed);
      saying ??= clock.every(SAY_MS, () => void sayAgain().catch(failed));
      return () => {
        if (held.isOver) return;
        held.isOver = true;
        all.delete(held);
        if (held.presence !== null) leave(held).catch(failed);
      };
    },
    has: async (subject) => ((await presences.of([subject])).get(subject)?.length ?? 0) > 0,
    stop() {
      saying?.cancel();
      saying = null;
    },
  };
}
