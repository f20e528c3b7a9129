import type { Figure } from "../transport/face.ts";
import { version } from "./version.ts";

/** Where the figures that belong to no face come from. */
export interface FigureSources {
  /** Open sockets by path. */
  sockets(): ReadonlyMap<string, number>;
  readonly crowd: { readonly size: number; readonly max: number };
  /** Nodes that live, this one included. */
  nodes(): number;
  /** Questions to other nodes that wait for their answer. */
  asks(): number;
  isDraining(): boolean;
  /** How long a request waits for its turn, in ms; null where that is not measured. */
  readonly behindMs: (() => number) | null;
  readonly others: readonly { figures(): readonly Figure[] }[];
}

/** The figures of the server itself. */
export function serverFigures(sources: FigureSources): readonly Figure[] {
  const { sockets, crowd, nodes, asks, isDraining, behindMs, others } = sources;
  const gauge = (name: string, help: string, value: number, labels: Readonly<Record<string, string>> = {}): Figure => ({
    name,
    help,
    type: "gauge",
    value,
    labels,
  });
  return [
    gauge("build_info", "1, with the version that runs.", 1, { version }),
    ...[...sockets()].map(([door, value]) => gauge("sockets", "Open WebSockets.", value, { door })),
    gauge("connections", "WebSockets and sessions of Socket.IO, as they count against the maximum.", crowd.size),
    gauge("connections_max", "How many this node takes: MAX_SOCKETS.", crowd.max),
    gauge("nodes", "Nodes that live, as this one sees it.", nodes()),
    gauge("node_asks_waiting", "Questions to other nodes that wait for their answer.", asks()),
    gauge("draining", "1 while the server goes down.", isDraining() ? 1 : 0),
    ...(behindMs === null
      ? []
      : [gauge("request_delay_seconds", "How long a request that comes now waits for its turn.", behindMs() / 1_000)]),
    ...others.flatMap((one) => one.figures()),
  ];
}
