import type { RoomDirectory } from "../../core/signaling/room-directory.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Face, Figure } from "../../transport/face.ts";
import { relayFigures } from "../../core/measures/figures.ts";
import { ownerless, policy } from "../../transport/http/policy.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import { doc } from "./event-docs.ts";
import { messages, RoomConnection } from "./events.ts";

/** Our own room signaling; `docs/rooms-protocol.md` describes it. */
export function roomsFace(deps: {
  readonly rooms: RoomDirectory;
  readonly clock: Clock;
  readonly maxMessageBytes: number;
  /** The pool host that waits in a room. */
  hostIn(room: string): Promise<string | null>;
  /** How often a client may connect, which hands out TURN credentials. */
  readonly connecting?: RequestLimit | undefined;
  /** True: peers are to meet over TURN alone. */
  readonly relayOnly?: boolean;
}): Face {
  const { rooms, clock, maxMessageBytes, hostIn, connecting, relayOnly = false } = deps;
  return {
    name: "rooms",
    http: [],
    sockets: [
      {
        path: "/signaling",
        doc,
        policy: policy.any(
          policy.client,
          // The room of a pool host is that host's; what else meets in rooms has no owner.
          policy.host(async ({ url }) => (await hostIn(url().searchParams.get("roomId") ?? "")) ?? ownerless),
        ),
        messages,
        maxMessageBytes,
        limit: connecting,
        accept: ({ url, caller: { subject }, meter }) =>
          new RoomConnection(rooms, url.searchParams, { clock, subject, meter, relayOnly }),
      },
    ],
    figures: async () => figuresOf(rooms),
    start: () => rooms.start(),
    drain: () => rooms.drain(),
    holds: () => rooms.holds(),
    stop: () => rooms.stop(),
  };
}

function figuresOf(rooms: RoomDirectory): readonly Figure[] {
  const { rooms: count, peers, relayed, relays, resumed } = rooms.figures();
  const resumes = { name: "room_resumes_total", help: "Answers to resume tokens.", type: "counter" } as const;
  return [
    { name: "rooms", help: "Signaling rooms with a peer in them.", type: "gauge", value: count },
    { name: "room_peers", help: "Seats taken in signaling rooms.", type: "gauge", value: peers },
    { name: "room_relayed_total", help: "Signals passed from peer to peer.", type: "counter", value: relayed },
    { ...resumes, value: resumed.recovered, labels: { outcome: "recovered" } },
    { ...resumes, value: resumed.fresh, labels: { outcome: "fresh" } },
    ...relayFigures("rooms", relays),
  ];
}
