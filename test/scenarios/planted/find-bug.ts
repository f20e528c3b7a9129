import { runFaults } from "../run-faults.ts";
import { plant, type PlantedBug } from "./plant.ts";

/** Whether a bug shows hangs on which of two comes first; with another seed it is another one. */
const TRIES = 3;

/** What the checks find in the source with a bug in it: the promises that are broken, until the one is that it breaks. */
export async function promisesBrokenBy(bug: PlantedBug): Promise<readonly number[]> {
  let found: readonly number[] = [];
  for (let tries = 0; tries < TRIES && !found.includes(bug.breaks); tries++) found = await runWith(bug);
  return found;
}

/** Under the load and the faults that show it. */
async function runWith(bug: PlantedBug): Promise<readonly number[]> {
  const copy = plant(bug);
  try {
    const { violations } = await runFaults({
      engine: bug.engine,
      faults: bug.faults ?? [],
      crowds: bug.crowds,
      scale: bug.scale ?? 1,
      warmUpMs: bug.warmUpMs ?? 3_000,
      afterMs: bug.afterMs ?? 1_000,
      recoveryMs: 0,
      world: { root: copy.path },
    });
    return violations.map(({ invariant }) => invariant);
  } finally {
    copy.remove();
  }
}
