import { eventually } from "../support/eventually.ts";
import { bombard, type Campaign, type Finding, type Outcome } from "./campaign.ts";
import { everyday } from "./everyday.ts";
import { openWorld, type Engine, type World } from "./world.ts";

/** What a server may weigh more afterwards: caches and pages that the runtime keeps, in bytes. */
const MORE_MEMORY = 250 * 1024 * 1024;
const MORE_DESCRIPTORS = 24;

export interface Siege {
  readonly engine: Engine;
  readonly seed: number;
  readonly count: number;
  /** Kinds of trouble that are known already. */
  readonly known?: Set<string>;
  readonly settings?: Readonly<Record<string, string>>;
}

/** Bombards a new server, then looks whether it is as well as it was. */
export async function besiege(
  make: (world: World) => Promise<Campaign<any>>,
  { engine, seed, count, known, settings }: Siege,
): Promise<Outcome> {
  const world = await openWorld(engine, settings);
  const campaign = await make(world);
  await everyday(world);
  const before = world.weight();
  const outcome = await bombard(campaign, world, { seed, count, ...(known === undefined ? {} : { known }) });
  const found = (kind: string, what: string): Finding => {
    return { campaign: campaign.name, seed, trouble: { kind, what }, smallest: "" };
  };
  const findings = [...outcome.findings];
  const check = async (kind: string, step: () => Promise<void>): Promise<void> => {
    try {
      await step();
    } catch (error) {
      findings.push(found(kind, (error as Error).stack ?? (error as Error).message));
    }
  };
  if (!world.isGone()) {
    await check("afterwards a good day is none", () => everyday(world));
    await check("afterwards it weighs more", () => lightens(world, before));
  }
  for (const { kind, what } of world.troubles()) if (!known?.has(kind)) findings.push(found(kind, what));
  await check("what was kept is wrong", () => world.end());
  return { ...outcome, findings };
}

/** Sockets close in their own time, and so does what waits for a resume. */
async function lightens(world: World, before: ReturnType<World["weight"]>): Promise<void> {
  let now = world.weight();
  try {
    await eventually(
      "it is as light as before",
      () => {
        now = world.weight();
        return now.memory < before.memory + MORE_MEMORY && now.descriptors < before.descriptors + MORE_DESCRIPTORS;
      },
      20_000,
    );
  } catch {
    throw new Error(`before ${JSON.stringify(before)}, afterwards ${JSON.stringify(now)}`);
  }
}
