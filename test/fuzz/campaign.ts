import type fc from "fast-check";
import { batchOf, tryBatch } from "./seed.ts";
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
  const batches = batchOf(campaign.shot, campaign.most);
  let sent = 0;
  for (let at = 0; sent < count && !world.isGone(); at++) {
    let isFirst = true;
    let last: Trouble | null = null;
    let shrinkUntil = Infinity;
    const result = await tryBatch(seed + at, batches, async (shots) => {
      if (isFirst) sent += shots.length;
      // What is not smaller by then stays as it is.
      else if (performance.now() > shrinkUntil) return;
      isFirst = false;
      const troubles = [...(await volley.run(shots)), ...world.troubles()];
      const fresh = troubles.find(({ kind }) => !known.has(kind));
      if (fresh === undefined) return;
      if (last === null) shrinkUntil = performance.now() + SHRINK_MS;
      last = fresh;
      throw new Error(fresh.kind);
    });
    if (result === null) continue;
    if (last === null) throw new Error("a campaign failed", { cause: result.error });
    const trouble: Trouble = last;
    known.add(trouble.kind);
    const smallest = JSON.stringify(result.smallest, null, 1)?.slice(0, 6_000) ?? "";
    findings.push({ campaign: campaign.name, seed: seed + at, trouble, smallest });
  }
  await volley.close();
  return { sent, findings, tally: volley.tally };
}
