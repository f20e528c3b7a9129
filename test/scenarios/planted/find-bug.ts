import type { Violation } from "../history/check.ts";
import { runFaults } from "../run-faults.ts";
import { plant, type PlantedBug } from "./plant.ts";

/** What the checks say of the source with a bug in it, under the load and the faults that show it. */
export async function violationsWith(bug: PlantedBug): Promise<readonly Violation[]> {
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
    return violations;
  } finally {
    copy.remove();
  }
}
