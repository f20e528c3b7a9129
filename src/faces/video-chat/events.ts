import type { Server, Socket } from "socket.io";
import type { Pairing, Wish } from "../../core/matchmaking/types.ts";
import { relayedSignal, WITHHELD } from "../../core/signaling/relay-only.ts";
import { DomainError } from "../../core/errors/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import { problemOf } from "../../transport/http/refusal.ts";
import { acceptSockets, type SocketHandlers } from "../../transport/socketio/accept.ts";
import { errorEvent, texts } from "./errors.ts";
import { chat, profileOf, signal, type Relayed } from "./present.ts";
import { chatText, signalIn, userData } from "./schema.ts";

/** The events that carry signaling, and the field that holds it. */
const signals = { offer: "offer", answer: "answer", "ice-candidate": "candidate" } as const;

/** Serves the events clients send. What they hear in return comes from the pairing's news. */
export function serveEvents(
  io: Server,
  deps: {
    readonly pairing: Pairing;
    readonly clock: Clock;
    /** True: peers are to meet over TURN alone. */
    readonly relayOnly: boolean;
    failed(error: unknown): void;
  },
): void {
  const { pairing, clock, relayOnly, failed } = deps;

  /**
   * Passes something on to the partner, if there is one; `make` returns undefined for what cannot be used, and
   * {@link WITHHELD} for what policy keeps back.
   */
  const relay = (socket: Socket, event: string, complaint: string, make: (from: string) => unknown): Promise<void> =>
    pairing.relay(socket.id, (own): Relayed | undefined => {
      const message = make(profileOf(own).name);
      if (message === WITHHELD) return undefined;
      if (message !== undefined) return { event, message };
      socket.emit("error", { message: complaint });
      return undefined;
    });

  const accept = (socket: Socket): SocketHandlers => ({
    events: {
      join: { counts: "join", handle: (data) => pairing.join(socket.id, wishOf(data)) },
      stop: { counts: "join", handle: () => pairing.stop(socket.id) },
      "chat-message": {
        counts: "chat",
        handle: (text) =>
          relay(socket, "chat-message", texts.chat, (name) => {
            const { data } = chatText.safeParse(text);
            return data === undefined ? undefined : chat(data, name, clock.now());
          }),
      },
      ...Object.fromEntries(
        Object.entries(signals).map(([event, field]) => [
          event,
          {
            counts: "signal",
            handle: (message: unknown) =>
              relay(socket, event, texts.signal(event), () => {
                const value = signalIn(message, field);
                if (value === undefined) return undefined;
                const passed = relayOnly ? relayed(field, value) : value;
                return passed === WITHHELD ? WITHHELD : signal(field, passed, socket.id);
              }),
          },
        ]),
      ),
    },
    closed: () => pairing.leave(socket.id),
  });

  acceptSockets(io, {
    accept,
    refused: (socket) => void socket.emit("error", errorEvent(new DomainError("too_many_messages"))),
    failed(error, socket) {
      if (problemOf(error) === null) failed(error);
      socket.emit("error", errorEvent(error));
    },
  });
}

/** A signal as it may be passed on where peers are to meet over TURN alone. */
function relayed(field: string, value: unknown): unknown {
  const passed = relayedSignal(field === "candidate" ? "candidate" : "description", { [field]: value });
  return passed === WITHHELD ? WITHHELD : (passed as Readonly<Record<string, unknown>>)[field];
}

/** @throws {DomainError} invalid_user_data */
function wishOf(data: unknown): Wish {
  const parsed = userData.safeParse(data);
  if (!parsed.success) throw new DomainError("invalid_user_data");
  const { name, age, gender } = parsed.data;
  return { side: gender, seeks: gender === "male" ? "female" : "male", attributes: { name, age } };
}
