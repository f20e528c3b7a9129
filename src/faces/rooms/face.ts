import type { RoomDirectory } from "../../core/signaling/room-directory.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Face, Figure } from "../../transport/face.ts";
import { policy } from "../../transport/http/policy.ts";
import type { Connection } from "../../transport/websocket/socket.ts";
import { closes } from "./errors.ts";
import { doc } from "./event-docs.ts";
import { RoomConnection } from "./events.ts";

/** Our own room signaling; `docs/rooms-protocol.md` describes it. */
export function roomsFace(deps: {
  readonly rooms: RoomDirectory;
  readonly clock: Clock;
  readonly maxMessageBytes: number;
  failed(error: unknown): void;
}): Face {
  const { rooms, clock, maxMessageBytes, failed } = deps;
  const open = new Set<RoomConnection>();
  let draining = false;

  /** Keeps the list of open connections beside what a connection does itself. */
  function listed(connection: RoomConnection): Connection {
    return {
      open(socket) {
        if (draining) return socket.close(closes.restarting.code, closes.restarting.reason);
        open.add(connection);
        return connection.open(socket);
      },
      text: (text) => connection.text(text),
      binary: () => connection.binary(),
      pong: (mark) => connection.pong(mark),
      closed(code) {
        open.delete(connection);
        connection.closed(code);
      },
    };
  }

  return {
    name: "rooms",
    http: [],
    sockets: [
      {
        path: "/signaling",
        doc,
        policy: policy.signedIn,
        maxMessageBytes,
        accept: ({ url }) => listed(new RoomConnection(rooms, url.searchParams, clock)),
      },
    ],
    figures: async () => figuresOf(rooms),
    start: () => rooms.start(),
    drain() {
      draining = true;
      for (const connection of [...open]) connection.end(closes.restarting);
      rooms.drain().catch(failed);
    },
    stop: async () => rooms.stop(),
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
