import type { Cluster } from "ioredis";
import type { Clock } from "../../ports/clock.ts";

/** How long a look may take, in ms. */
const PATIENCE_MS = 2_000;

const SLOTS = 16_384;

/** What is wrong with a cluster, as the best informed of its masters sees it; null if nothing is. */
export async function clusterTrouble(cluster: Cluster, clock: Clock): Promise<string | null> {
  const views: string[] = [];
  const asked = cluster.nodes("master").map(async (master) => views.push(String(await master.cluster("INFO"))));
  await Promise.race([Promise.allSettled(asked), new Promise<void>((over) => void clock.after(PATIENCE_MS, over))]);
  if (views.length === 0) return "redis cluster is not reachable";
  const served = Math.max(...views.map(slotsServed));
  return served === SLOTS ? null : `redis cluster serves ${served} of ${SLOTS} slots`;
}

function slotsServed(info: string): number {
  if (!info.includes("cluster_state:ok")) return 0;
  return Number(/^cluster_slots_ok:(\d+)/m.exec(info)?.[1] ?? 0);
}
