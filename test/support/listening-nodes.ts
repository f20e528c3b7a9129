import { createMemoryBus } from "../../src/adapters/memory/bus.ts";
import { createMemoryMailboxes } from "../../src/adapters/memory/mailboxes.ts";
import { createMemoryPresences } from "../../src/adapters/memory/presences.ts";
import { createBusCourier } from "../../src/core/cluster/bus-courier.ts";
import { Audience } from "../../src/core/signaling/audience.ts";
import type { Listener, ListenerEnd } from "../../src/core/signaling/listener.ts";
import type { Presences } from "../../src/ports/presences.ts";
import { StoreUnavailable } from "../../src/ports/store-error.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** What a listening peer has heard. */
export interface Ear {
  readonly listener: Listener;
  /** Mail by its content, "arrived x", "departed x", "end why". */
  readonly heard: string[];
  /** Which others it believes to be there, by what it was answered and told; null until it was answered. */
  believes: Set<string> | null;
  /** What it was told that it knew already. */
  readonly vain: string[];
  announce(): Promise<readonly string[] | null>;
}

export interface ListeningNode {
  readonly id: string;
  readonly audience: Audience;
  /** While true, nothing that other nodes tell is heard. */
  isDeaf: boolean;
  /** While true, its store does not answer. */
  isCutOff: boolean;
  listen(session: string, peer: string): Promise<Ear>;
  /** The others take `dead` for dead; this one clears up. */
  buries(dead: string): Promise<void>;
  /** Its store is back, or it was away itself. */
  returns(): void;
}

/** Nodes on one bus and one store in memory. `pause` is waited for before and after every step of the store. */
export function createListeningNodes(clock: VirtualClock, pause: () => Promise<void> = async () => undefined) {
  const bus = createMemoryBus();
  const presences = createMemoryPresences(clock);
  const mailboxes = createMemoryMailboxes(clock);
  const failures: unknown[] = [];
  const failed = (error: unknown): void => void failures.push(error);

  const node = (id: string): ListeningNode => {
    const state = { isDeaf: false, isCutOff: false };
    const clearers: ((node: string) => Promise<void>)[] = [];
    const hearers: (() => void)[] = [];
    const courier = createBusCourier({
      node: id,
      bus: {
        ...bus,
        subscribe: (channel, hear) => bus.subscribe(channel, (message) => (state.isDeaf ? undefined : hear(message))),
      },
      clock,
      failed,
    });
    courier.start();
    const audience = new Audience({
      mailboxes,
      presences: withPauses(presences, pause, () => state.isCutOff),
      courier,
      clock,
      membership: {
        isDead: () => false,
        onDeath: (clear) => void clearers.push(clear),
        onReturn: (tell) => void hearers.push(tell),
      },
      failed,
    });
    return Object.assign(state, {
      id,
      audience,
      listen: (session: string, peer: string) => listen(audience, session, peer),
      async buries(dead: string) {
        await Promise.all(clearers.map((clear) => clear(dead)));
      },
      returns: () => hearers.forEach((tell) => tell()),
    });
  };
  return { node, presences, mailboxes, failures };
}

async function listen(audience: Audience, session: string, peer: string): Promise<Ear> {
  const heard: string[] = [];
  const vain: string[] = [];
  const ear: Omit<Ear, "listener"> = {
    heard,
    vain,
    believes: null,
    async announce() {
      let answer: readonly string[] | null = null;
      await listener.announce((others) => {
        answer = others;
        ear.believes = new Set(others);
      });
      return answer;
    },
  };
  const listener = await audience.admit(
    { session, peer, after: 0 },
    {
      deliver(mail) {
        heard.push(mail.content);
        return true;
      },
      arrived(other) {
        heard.push(`arrived ${other}`);
        if (ear.believes?.has(other)) vain.push(`arrived ${other}`);
        ear.believes?.add(other);
      },
      departed(other) {
        heard.push(`departed ${other}`);
        if (ear.believes?.delete(other) === false) vain.push(`departed ${other}`);
      },
      end: (why: ListenerEnd) => void heard.push(`end ${why}`),
    },
  );
  return Object.assign(ear, { listener });
}

function withPauses(presences: Presences, pause: () => Promise<void>, isCutOff: () => boolean): Presences {
  const step = async <T>(run: () => Promise<T>): Promise<T> => {
    await pause();
    if (isCutOff()) throw new StoreUnavailable(null);
    const result = await run();
    await pause();
    return result;
  };
  return {
    enter: (...args) => step(() => presences.enter(...args)),
    enterIfRoom: (...args) => step(() => presences.enterIfRoom(...args)),
    restore: (...args) => step(() => presences.restore(...args)),
    prolong: (...args) => step(() => presences.prolong(...args)),
    leave: (...args) => step(() => presences.leave(...args)),
    of: (...args) => step(() => presences.of(...args)),
    async *ofNode(node) {
      await step(async () => undefined);
      yield* presences.ofNode(node);
    },
  };
}
