import { lineGraph } from "../../support/line-graph.ts";
import type { Sample } from "./samples.ts";

/** An SVG of the memory of each process over time. */
export function memoryGraph(title: string, lines: ReadonlyMap<string, readonly Sample[]>): string {
  return lineGraph({
    until: Math.max(60, ...[...lines.values()].flat().map(({ at }) => at)),
    across: "minutes",
    mark: (seconds) => `${Math.round(seconds / 60)}`,
    height: 286,
    panels: [
      {
        title,
        every: 50,
        lines: [...lines].map(([name, samples]) => ({ name, points: samples.map(({ at, rssMiB }) => [at, rssMiB]) })),
      },
    ],
  });
}
