import type fc from "fast-check";
import { batchOf, leastOf } from "./seed.ts";
import type { Trouble } from "./trouble.ts";
import type { World } from "./world.ts";

/** A way to bother a server. */
export interface Campaign<Shot> {
  readonly name: string;
  readonly unit: string;
  /** One thing to send, made before anything is known of the server. */
  readonly shot: fc.Arbitrary<Shot>;
  /** The most that are sent before one looks how the server is. */
  readonly most: number;
  /** Begins anew on a server that knows nothing. */
  open(world: World): Volley<Shot> | Promise<Volley<Shot>>;
}

export interface Volley<Shot> {
  run(shots: readonly Shot[]): Promise<readonly Trouble[]>;
  /** What came of them, for the record. */
  readonly tally: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** One kind of trouble, and how it is made again. */
export interface Finding {
  readonly campaign: string;
  readonly seed: number;
  readonly trouble: Trouble;
  readonly smallest: string;
}

export interface Outcome {
  readonly sent: number;
  readonly findings: readonly Finding[];
  readonly tally: ReadonlyMap<string, number>;
}

/** How long one looks for a smaller batch with the same trouble. */
const SHRINK_MS = 8_000;

/**
 * Sends `count` shots to one server, in batches that each have a seed of their own: `seed`, `seed + 1` and so on. What
 * is found is shrunk on the spot, and one of each kind is kept.
 */
export async function bombard<Shot>(
  campaign: Campaign<Shot>,
  world: World,
  { seed, count, known = new Set() }: { seed: number; count: number; known?: Set<string> },
): Promise<Outcome> {
  const findings: Finding[] = [];
  const volley = await campaign.open(world);
  /** The first trouble of these that is not known. */
  const bother = async (shots: readonly Shot[]): Promise<Trouble | null> => {
    const troubles = [...(await volley.run(shots)), ...world.troubles()];
    return troubles.find(({ kind }) => !known.has(kind)) ?? null;
  };
  let sent = 0;
  for (let at = 0; sent < count && !world.isGone(); at++) {
    const shots = batchOf(campaign.shot, campaign.most, seed + at);
    sent += shots.length;
    const trouble = await bother(shots);
    if (trouble === null) continue;
    const lateAt = performance.now() + SHRINK_MS;
    const fails = async (part: readonly Shot[]) => (await bother(part))?.kind === trouble.kind;
    const least = await leastOf(shots, fails, () => world.isGone() || performance.now() > lateAt);
    known.add(trouble.kind);
    const smallest = JSON.stringify(least, null, 1).slice(0, 6_000);
    findings.push({ campaign: campaign.name, seed: seed + at, trouble, smallest });
  }
  await volley.close();
  return { sent, findings, tally: volley.tally };
}
