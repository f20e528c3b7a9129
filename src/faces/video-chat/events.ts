import type { Socket } from "socket.io";
import type { Pairing, Wish } from "../../core/matchmaking/types.ts";
import { relayedSignal, WITHHELD } from "../../core/signaling/relay-only.ts";
import { DomainError } from "../../core/errors/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import { problemOf } from "../../transport/http/refusal.ts";
import { meterOf, type SocketEvent, type SocketHandlers } from "../../transport/socketio/accept.ts";
import { callerBehind } from "../../transport/socketio/admission.ts";
import { errorEvent, texts } from "./errors.ts";
import type { Paired } from "./paired.ts";
import { chat, profileOf, signal, type Relayed } from "./present.ts";
import { chatText, signalIn, userData, type Profile } from "./schema.ts";

/** The events that carry signaling, and the field that holds it. */
const signals = { offer: "offer", answer: "answer", "ice-candidate": "candidate" } as const;

/** What becomes of the events clients send. What they hear in return comes from the pairing's news. */
export function chatEvents(deps: {
  readonly pairing: Pairing;
  readonly paired: Paired;
  readonly timeOfDay: Pick<Clock, "now">;
  /** True: peers are to meet over TURN alone. */
  readonly relayOnly: boolean;
  /** The member has gone. */
  left(id: string): void;
  failed(error: unknown): void;
}): SocketHandlers {
  const { pairing, paired, timeOfDay, relayOnly, left, failed } = deps;

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

  const relayed = (event: keyof typeof signals): SocketEvent => ({
    policy: "partner",
    counts: "signal",
    handle: (socket, message) =>
      relay(socket, event, texts.signal(event), () => {
        const field = signals[event];
        const value = signalIn(message, field);
        if (value === undefined) return undefined;
        const passed = relayOnly ? overTurn(field, value) : value;
        return passed === WITHHELD ? WITHHELD : signal(field, passed, socket.id);
      }),
  });

  /** Ends whatever match there is; the news of the next one come later. */
  const queue = (socket: Socket, step: () => Promise<void>): Promise<void> => {
    const queued = step();
    paired.ended(socket.id);
    return queued;
  };

  return {
    events: {
      join: {
        policy: "connected",
        counts: "join",
        handle: (socket, data) =>
          queue(socket, () => pairing.join(socket.id, wishOf(data, callerBehind(socket)?.subject))),
      },
      stop: {
        policy: "connected",
        counts: "join",
        handle: (socket) => queue(socket, () => pairing.stop(socket.id)),
      },
      offer: relayed("offer"),
      answer: relayed("answer"),
      "ice-candidate": relayed("ice-candidate"),
      "chat-message": {
        policy: "partner",
        counts: "chat",
        handle: (socket, text) =>
          relay(socket, "chat-message", texts.chat, (name) => {
            const { data } = chatText.safeParse(text);
            return data === undefined ? undefined : chat(data, name, timeOfDay.now());
          }),
      },
    },
    closed(socket) {
      paired.ended(socket.id);
      left(socket.id);
      return pairing.leave(socket.id);
    },
    refused(socket) {
      meterOf(socket).answered("too_many_messages");
      socket.emit("error", errorEvent(new DomainError("too_many_messages")));
    },
    failed(error, socket) {
      const problem = problemOf(error);
      if (problem === null) failed(error);
      meterOf(socket).answered(problem?.code ?? "internal");
      socket.emit("error", errorEvent(error));
    },
  };
}

/** A signal as it may be passed on where peers are to meet over TURN alone. */
function overTurn(field: string, value: unknown): unknown {
  if (field !== "candidate") return relayedSignal("description", value);
  const passed = relayedSignal("candidate", { [field]: value });
  return passed === WITHHELD ? WITHHELD : (passed as Readonly<Record<string, unknown>>)[field];
}

/** @throws {DomainError} invalid_user_data */
function wishOf(data: unknown, subject: string | null | undefined): Wish {
  const parsed = userData.safeParse(data);
  if (!parsed.success) throw new DomainError("invalid_user_data");
  const { name, age, gender } = parsed.data;
  // The partner's node asks for it, to tell somebody who meets only itself.
  const attributes: Profile = { name, age, ...(typeof subject === "string" ? { subject } : {}) };
  return { side: gender, seeks: gender === "male" ? "female" : "male", attributes };
}
