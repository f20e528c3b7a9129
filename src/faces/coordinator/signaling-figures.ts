import type { Mailbox } from "../../core/signaling/mailbox.ts";
import type { Figure } from "../../transport/face.ts";
import { relayFigures } from "../../core/measures/figures.ts";

export function signalingFigures(mailbox: Mailbox): readonly Figure[] {
  const { posted, relays, waiting, listeners } = mailbox.figures();
  return [
    ...Object.entries(posted).map(([type, value]): Figure => ({
      name: "signals_posted_total",
      help: "Offers, answers and candidates taken into mailboxes of sessions, by REST and WebSocket.",
      type: "counter",
      value,
      labels: { type },
    })),
    { name: "signal_fetches_waiting", help: "Fetches that wait for a signal.", type: "gauge", value: waiting },
    { name: "signal_listeners", help: "Peers listening to their mailbox.", type: "gauge", value: listeners },
    ...relayFigures("coordinator", relays),
  ];
}
