import type { Server } from "socket.io";
import { createPairing } from "../../core/matchmaking/pairing.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Tickets } from "../../ports/tickets.ts";
import type { Face } from "../../transport/face.ts";
import { serveEvents } from "./events.ts";
import { figures } from "./figures.ts";
import { newsTo } from "./news.ts";
import { health } from "./present.ts";
import { videoChatRoutes } from "./routes.ts";

/** Video chat between strangers, over Socket.IO; the protocol is in this folder's README. */
export function videoChatFace(deps: {
  readonly tickets: Tickets;
  readonly clock: Clock;
  /** An error nobody meant. */
  failed(error: unknown): void;
}): Face {
  const { tickets, clock, failed } = deps;
  let io: Server | null = null;
  const pairing = createPairing({ tickets, clock, queue: "video-chat", listener: newsTo(() => io, failed) });

  return {
    name: "video-chat",
    http: [videoChatRoutes(pairing)],
    socketIo(server) {
      io = server;
      serveEvents(server, { pairing, clock, failed });
    },
    health: async () => health(await pairing.counts()),
    figures: async () => figures(await pairing.counts(), pairing.totals()),
    drain: () => pairing.drain(),
  };
}
