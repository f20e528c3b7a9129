import type { Distribution } from "./histogram.ts";
import type { RelayCounts, TicketCounts } from "./outcomes.ts";

/** What became of messages from peer to peer: the same figure for every face that carries some. */
export function relayFigures(face: string, counts: RelayCounts) {
  return Object.entries(counts).map(([outcome, value]) => ({
    name: "relays_total",
    help: "Messages from peer to peer, by what became of them.",
    type: "counter" as const,
    value,
    labels: { face, outcome },
  }));
}

/** What became of requests to be matched, and how long that took: the same figures for every queue. */
export function ticketFigures(queue: string, counts: TicketCounts, waits: Distribution) {
  return [
    ...Object.entries(counts).map(([outcome, value]) => ({
      name: "tickets_total",
      help: "Requests to be matched, by what became of them.",
      type: "counter" as const,
      value: value as number,
      labels: { queue, outcome },
    })),
    {
      name: "ticket_wait_seconds",
      help: "How long those waited that were matched.",
      type: "histogram" as const,
      value: waits,
      labels: { queue },
    },
  ];
}
