import type { Figures } from "../harness/rounds.ts";

/** Where somebody waits, and somebody else comes and meets the one who has waited longest. */
export interface Meetings {
  wait(id: string): Promise<void>;
  /** Whom it has met; null: nobody was there. */
  meet(id: string): Promise<string | null>;
  leave(id: string): Promise<void>;
}

/** Pairings that are under way at once. */
const AT_ONCE = 64;

/**
 * Keeps so many waiting on one side, while on the other one after the other comes, meets somebody and leaves with him, and
 * somebody new comes in his place. `cpuMicros`: what each such pairing takes of this process.
 */
export function pairingRun(
  waiting: number,
  seconds: number,
  { wait, meet, leave }: Meetings,
): { fill(atOnce: number): Promise<void>; measure(): Promise<Figures> } {
  let [men, women] = [0, 0];

  async function fillOne(): Promise<void> {
    while (men < waiting) await wait(`man${men++}`);
  }
  async function pairOnce(): Promise<void> {
    const woman = `woman${women++}`;
    const man = await meet(woman);
    if (man === null) throw new Error(`${woman} has met nobody`);
    // He first, because whoever is left would be queued again.
    await Promise.all([leave(man), leave(woman)]);
    await wait(`man${men++}`);
  }
  return {
    async fill(atOnce) {
      await Promise.all(Array.from({ length: atOnce }, fillOne));
      // A collection of all that waits must not fall into the first measurement alone.
      Bun.gc(true);
    },
    async measure() {
      const until = performance.now() + seconds * 1_000;
      const [cpu, before] = [process.cpuUsage(), women];
      const pairs = async (): Promise<void> => {
        while (performance.now() < until) await pairOnce();
      };
      await Promise.all(Array.from({ length: AT_ONCE }, pairs));
      const { user, system } = process.cpuUsage(cpu);
      const pairings = women - before;
      return { pairings, cpuMicros: (user + system) / pairings };
    },
  };
}
