import type { Server } from "socket.io";
import { createPairing } from "../../core/matchmaking/pairing.ts";
import type { Courier } from "../../core/cluster/courier.ts";
import type { Membership } from "../../core/cluster/membership.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Tickets } from "../../ports/tickets.ts";
import type { Face } from "../../transport/face.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import { pack, unpack } from "../../transport/socketio/packing.ts";
import { serveEvents } from "./events.ts";
import { figures } from "./figures.ts";
import { newsTo } from "./news.ts";
import { health } from "./present.ts";
import { videoChatRoutes } from "./routes.ts";

/** Video chat between strangers, over Socket.IO; the protocol is in this folder's README. */
export function videoChatFace(deps: {
  readonly tickets: Tickets;
  readonly clock: Clock;
  readonly courier: Courier;
  readonly membership: Membership;
  /** True: peers are to meet over TURN alone. */
  readonly relayOnly?: boolean;
  readonly limits: { readonly read: RequestLimit | undefined };
  /** An error nobody meant. */
  failed(error: unknown): void;
}): Face {
  const { tickets, clock, courier, membership, relayOnly = false, limits, failed } = deps;
  let io: Server | null = null;
  const pairing = createPairing({
    tickets,
    clock,
    courier,
    membership,
    queue: "video-chat",
    packing: { pack, unpack },
    listener: newsTo(() => io, failed),
  });

  return {
    name: "video-chat",
    http: [videoChatRoutes(pairing, limits.read)],
    socketIo(server) {
      io = server;
      serveEvents(server, { pairing, clock, relayOnly, failed });
    },
    health: async () => health(await pairing.counts()),
    figures: async () => figures(await pairing.counts(), pairing.totals()),
    drain: () => pairing.drain(),
    stop: () => pairing.settled(),
  };
}
