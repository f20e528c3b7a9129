import type { RoomDirectory } from "../../core/signaling/room-directory.ts";
import type { Face, Figure } from "../../transport/face.ts";
import { policy } from "../../transport/http/policy.ts";
import { RoomConnection } from "./events.ts";

/** Our own room signaling; `docs/rooms-protocol.md` describes it. */
export function roomsFace(deps: { readonly rooms: RoomDirectory; readonly maxMessageBytes: number }): Face {
  const { rooms, maxMessageBytes } = deps;
  return {
    name: "rooms",
    http: [],
    sockets: [
      {
        path: "/signaling",
        policy: policy.signedIn,
        maxMessageBytes,
        accept: ({ url }) => new RoomConnection(rooms, url.searchParams),
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
