import type { Pairing, PairingCounts } from "../../core/matchmaking/types.ts";
import type { Figure } from "../../transport/face.ts";
import { relayFigures, ticketFigures } from "../../core/measures/figures.ts";
import { stats } from "./present.ts";
import { genders } from "./schema.ts";

/** This face's part of `GET /metrics`. */
export function figures(counts: PairingCounts, totals: ReturnType<Pairing["totals"]>): readonly Figure[] {
  const { activeMatches, queues } = stats(counts);
  return [
    { name: "video_chat_users", help: "Users who have joined, on this node.", type: "gauge", value: counts.usersHere },
    { name: "video_chat_matches", help: "Live matches, on all nodes.", type: "gauge", value: activeMatches },
    ...genders.map((gender) => ({
      name: "video_chat_waiting",
      help: "Users in the queue, on all nodes.",
      type: "gauge" as const,
      value: queues[gender],
      labels: { gender },
    })),
    {
      name: "video_chat_matched_total",
      help: "Matches made, on this node.",
      type: "counter",
      value: totals.matched,
    },
    {
      name: "video_chat_relayed_total",
      help: "Messages passed on to a partner, on this node.",
      type: "counter",
      value: totals.relayed,
    },
    ...ticketFigures("video-chat", totals.tickets, totals.waits),
    ...relayFigures("video-chat", totals.relays),
  ];
}
