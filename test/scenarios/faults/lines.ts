import type { FaultWorld } from "../world/world.ts";
import type { Fault } from "./fault.ts";
import { openLine, type FaultLine, type LineFault } from "./line.ts";

/** Lays the lines that these faults need. */
export const lay = (target: number): Promise<FaultLine> => openLine({ target });

export type StoreName = "redis" | "postgres";

/** The ways of all nodes to a store. */
export function linesTo(store: StoreName, { nodes }: FaultWorld<FaultLine>): readonly FaultLine[] {
  return nodes.map(({ lines }) => lines[store]).filter((line) => line !== null);
}

/** Something is wrong with the ways of all nodes to a store for a while. */
export function lineFault(
  store: StoreName,
  name: string,
  wrong: LineFault,
  more: Partial<Fault<FaultLine>> = {},
): Fault<FaultLine> {
  return {
    name,
    engine: "cluster",
    async strike(world) {
      await Promise.all(linesTo(store, world).map((line) => line.set(wrong)));
    },
    async heal(world) {
      await Promise.all(linesTo(store, world).map((line) => line.heal()));
    },
    ...more,
  };
}

/** Connections that are open are cut over and over. */
export function resets(store: StoreName, name: string): Fault<FaultLine> {
  let timer: NodeJS.Timeout | undefined;
  return {
    name,
    engine: "cluster",
    async strike(world) {
      const cut = (): void => linesTo(store, world).forEach((line) => line.reset());
      cut();
      timer = setInterval(cut, 700);
    },
    async heal() {
      clearInterval(timer);
    },
  };
}
