import type { RoomDirectory } from "../../core/signaling/room-directory.ts";
import type { Face, Figure } from "../../transport/face.ts";
import { ownerless, policy } from "../../transport/http/policy.ts";
import type { MessagePolicy } from "../../transport/websocket/socket.ts";
import { RoomConnection } from "./events.ts";
import type { Frame } from "./schema.ts";

/** A peer speaks to those in its room alone. */
const messages: Record<Frame["type"], MessagePolicy> = {
  offer: "member",
  answer: "member",
  "ice-candidate": "member",
  bye: "member",
};

/** Our own room signaling; `docs/rooms-protocol.md` describes it. */
export function roomsFace(deps: {
  readonly rooms: RoomDirectory;
  readonly maxMessageBytes: number;
  /** The pool host that waits in a room. */
  hostIn(room: string): Promise<string | null>;
}): Face {
  const { rooms, maxMessageBytes, hostIn } = deps;
  return {
    name: "rooms",
    http: [],
    sockets: [
      {
        path: "/signaling",
        policy: policy.any(
          policy.client,
          // The room of a pool host is that host's; what else meets in rooms has no owner.
          policy.host(async ({ url }) => (await hostIn(url().searchParams.get("roomId") ?? "")) ?? ownerless),
        ),
        messages,
        maxMessageBytes,
        accept: ({ url, caller }) => new RoomConnection(rooms, url.searchParams, caller.subject),
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
  const { rooms: count, peers, relayed, resumed } = rooms.figures();
  const resumes = { name: "room_resumes_total", help: "Answers to resume tokens.", type: "counter" } as const;
  return [
    { name: "rooms", help: "Signaling rooms with a peer in them.", type: "gauge", value: count },
    { name: "room_peers", help: "Seats taken in signaling rooms.", type: "gauge", value: peers },
    { name: "room_relayed_total", help: "Signals passed from peer to peer.", type: "counter", value: relayed },
    { ...resumes, value: resumed.recovered, labels: { outcome: "recovered" } },
    { ...resumes, value: resumed.fresh, labels: { outcome: "fresh" } },
  ];
}
