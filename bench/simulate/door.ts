import { Line } from "./line.ts";
import type { Plan } from "./plan.ts";
import { STEP_MS, takeSome, Waiting, type ByLevel } from "./waiting.ts";

/** When Linux asks again for a connection that the other side had no room for, in ms after it last did; then it gives up. */
const KNOCKS_MS = [1_000, 2_000, 4_000, 8_000, 16_000] as const;

/** Where connections come in: the kernel's room for them, and those that the nodes have taken and not yet let in. */
export class Door {
  readonly #room: number;
  readonly #patienceSteps: number;
  /** By how often they have asked for a connection in vain. */
  readonly #knocking = KNOCKS_MS.map((ms) => new Waiting(ms));
  readonly #accepted = new Line();

  constructor({ nodes, room, patienceMs }: Pick<Plan, "nodes" | "room" | "patienceMs">) {
    this.#room = nodes * room;
    this.#patienceSteps = patienceMs / STEP_MS;
  }

  get knocking(): number {
    return this.#knocking.reduce((sum, { count }) => sum + count, 0);
  }

  get accepted(): number {
    return this.#accepted.count;
  }

  /** Returns those whom the kernel gave up, and those who have waited too long to be let in. */
  arrive(step: number, coming: ByLevel): readonly ByLevel[] {
    // Whoever has knocked before is taken first: it makes no difference to how many there are.
    const groups = [...this.#knocking.map((some) => some.take(step)).toReversed(), coming];
    const failed: ByLevel[] = [];
    for (const [at, group] of groups.entries()) {
      const inside = takeSome(group, this.#room - this.#accepted.count);
      this.#accepted.add(step, inside);
      const knocks = groups.length - 1 - at;
      const again = KNOCKS_MS[knocks];
      if (again === undefined) failed.push(group);
      else this.#knock(knocks, step + again / STEP_MS, group);
    }
    return [...failed, this.#accepted.takeOlder(step - this.#patienceSteps)];
  }

  letIn(most: number): ByLevel {
    return this.#accepted.take(most);
  }

  #knock(knocks: number, step: number, clients: ByLevel): void {
    clients.forEach((some, level) => some > 0 && this.#knocking[knocks]!.put(step, level, some));
  }
}
