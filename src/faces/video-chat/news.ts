import type { Server, Socket } from "socket.io";
import type { PairingListener } from "../../core/matchmaking/types.ts";
import { callerBehind } from "../../transport/socketio/admission.ts";
import { cut } from "../../transport/socketio/accept.ts";
import type { Paired } from "./paired.ts";
import { matched, profileOf, waiting, type Relayed } from "./present.ts";

/** Tells each client its news. Whoever has gone in the meantime needs none. */
export function newsTo(
  io: () => Server | null,
  { paired, failed }: { readonly paired: Paired; failed(error: unknown): void },
): PairingListener {
  const socketOf = (id: string): Socket | undefined => io()?.sockets.sockets.get(id);
  return {
    waiting: (id, position) => void socketOf(id)?.emit("waiting", waiting(position)),
    matched(id, partner, initiator) {
      const socket = socketOf(id);
      if (socket === undefined) return;
      const subject = callerBehind(socket)?.subject ?? null;
      if (subject !== profileOf(partner).subject) paired.began(id, subject);
      socket.emit("matched", matched(partner, initiator));
    },
    relayed(id, relayed) {
      const { event, message } = relayed as Relayed;
      socketOf(id)?.emit(event, message);
    },
    parted(id) {
      paired.ended(id);
      socketOf(id)?.emit("partner-disconnected");
    },
    overwhelmed(id) {
      const socket = socketOf(id);
      if (socket !== undefined) cut(socket);
    },
    failed,
  };
}
