import type { Line } from "../world/line.ts";
import type { Engine, FaultWorld, WorldOptions } from "../world/world.ts";

/** Something that goes wrong while clients are at work, and how it comes right again. */
export interface Fault<L extends Line = Line> {
  readonly name: string;
  readonly engine: Engine | "both";
  /** What the world must be made with, such as a prefix or a small disk. */
  readonly world?: Partial<WorldOptions<L>> | ((engine: Engine) => Promise<Partial<WorldOptions<L>>>);
  /** How long it lasts between `strike` and `heal`, in ms. Default 5,000. */
  readonly lastsMs?: number;
  /** How long after `heal` everything must be served as before, in ms. Default 15,000. */
  readonly recoversWithinMs?: number;
  /** Why it cannot be done on this machine; null if it can. */
  unable?(): string | null;
  strike(world: FaultWorld<L>): Promise<void>;
  heal(world: FaultWorld<L>): Promise<void>;
  /** Clears away what `world` had made, after the world is gone. */
  clear?(): Promise<void>;
}
