import type { Server } from "socket.io";
import type { Journal } from "../../core/journal/journal.ts";
import { notedListener } from "../../core/journal/noted-pairing.ts";
import type { Waits } from "../../core/journal/waits.ts";
import { createPairing } from "../../core/matchmaking/pairing.ts";
import type { Pairing } from "../../core/matchmaking/types.ts";
import type { Courier } from "../../core/cluster/courier.ts";
import type { Membership } from "../../core/cluster/membership.ts";
import type { Entitlements } from "../../core/credentials/entitlements.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Tickets } from "../../ports/tickets.ts";
import type { Face } from "../../transport/face.ts";
import { policy } from "../../transport/http/policy.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import { acceptSockets } from "../../transport/socketio/accept.ts";
import { pack, unpack } from "../../transport/socketio/packing.ts";
import { doc } from "./event-docs.ts";
import { chatEvents } from "./events.ts";
import { figures } from "./figures.ts";
import { newsTo } from "./news.ts";
import { Paired } from "./paired.ts";
import { health } from "./present.ts";
import { videoChatRoutes } from "./routes.ts";

/** Video chat between strangers, over Socket.IO; the protocol is in this folder's README. */
export function videoChatFace(deps: {
  readonly tickets: Tickets;
  readonly clock: Clock;
  /** What messages are stamped with: people compare it with their own. */
  readonly timeOfDay: Pick<Clock, "now">;
  readonly courier: Courier;
  readonly membership: Membership;
  readonly entitlements: Pick<Entitlements, "hold">;
  /** True: peers are to meet over TURN alone. */
  readonly relayOnly?: boolean;
  readonly limits: { readonly read: RequestLimit | undefined };
  readonly journal: Journal;
  /** How long those on a side waited. */
  waitsOf(side: string): Waits | null;
  /** Shows the chat to operators. */
  show(chat: { readonly pairing: Pairing; disconnect(id: string): void }): void;
  /** An error nobody meant. */
  failed(error: unknown): void;
}): Face {
  const { tickets, clock, timeOfDay, courier, membership, entitlements, relayOnly = false, limits, failed } = deps;
  let io: Server | null = null;
  const paired = new Paired((subject) => entitlements.hold(subject));
  const { journal, waitsOf } = deps;
  const news = newsTo(() => io, { paired, failed });
  const listener = notedListener(news, { queue: "video-chat", journal, waitsOf });
  const pairing = createPairing({
    tickets,
    clock,
    courier,
    membership,
    queue: "video-chat",
    packing: { pack, unpack },
    listener,
  });

  deps.show({ pairing, disconnect: (id) => void io?.sockets.sockets.get(id)?.disconnect(true) });
  const handlers = chatEvents({
    pairing,
    paired,
    timeOfDay,
    relayOnly,
    left: (id) => listener.gone(id),
    failed,
  });
  return {
    name: "video-chat",
    http: [videoChatRoutes(pairing, limits.read)],
    socketIoDoc: doc,
    socketIo: {
      policy: policy.client,
      events: handlers.events,
      serve(server) {
        io = server;
        acceptSockets(server, handlers);
      },
    },
    health: async () => health(await pairing.counts()),
    figures: async () => figures(await pairing.counts(), pairing.totals()),
    drain: () => pairing.drain(),
    stop: () => pairing.settled(),
  };
}
