import type {
  DeviceEnd,
  DeviceLink,
  DeviceName,
  DeviceNews,
  Letter,
  Refused,
  Target,
} from "../../core/devices/device.ts";
import type { DeviceSocket } from "../../core/devices/device-socket.ts";
import { addressOf } from "../../core/devices/device.ts";
import type { Devices } from "../../core/devices/devices.ts";
import { DomainError } from "../../core/errors/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import { problemOf } from "../../transport/http/refusal.ts";
import type { Meter } from "../../transport/limits/meter.ts";
import type { Connection, LiveSocket, MessageRule } from "../../transport/websocket/socket.ts";
import { closes, refusalOf, type Close } from "./errors.ts";
import {
  connected,
  presentError,
  presentNews,
  presentOnline,
  presentPong,
  presentRegistered,
  presentRegisterRefusal,
  presentUndelivered,
} from "./present.ts";
import { relayedText } from "./relay-only.ts";
import { forwardable, readAbout, readMessage, type Message, type ReadMessage } from "./schema.ts";

/** What may wait for a registration to be answered. */
const MAX_HELD = { messages: 256, chars: 1024 * 1024 };

/** In the order in which a message that lacks several is told of the first. */
const NEEDED = {
  register: ["from_email", "from_token", "from_device"],
  forward: ["from_email", "to_email", "to_device", "from_device"],
} as const;

/** Who may send each event, and what it counts as; a stranger's `check` is answered with nobody. There are no others. */
export const messages = {
  register: { policy: "introduction", counts: "presence" },
  check: { policy: "connected", counts: "presence" },
  connect: { policy: "connected", counts: "presence" },
  ping: { policy: "connected", counts: "presence" },
  disconnect: { policy: "connected", counts: "presence" },
  try_connect: { policy: "registered", counts: "signal" },
  sdp_offer: { policy: "registered", counts: "signal" },
  sdp_answer: { policy: "registered", counts: "signal" },
  ice_candidate: { policy: "registered", counts: "signal" },
} as const satisfies Readonly<Record<string, MessageRule>>;

type EventName = keyof typeof messages;

function isKnown(event: string): event is EventName {
  return Object.hasOwn(messages, event);
}

/** A message as it was written, and whether its receiver gets just that. */
type Written = { readonly text: string } & Pick<ReadMessage, "isForwardable">;

/** What all connections have in common. */
export interface Surroundings {
  readonly devices: Devices;
  readonly clock: Clock;
  /** True: peers are to meet over TURN alone. */
  readonly relayOnly: boolean;
}

/** One device's connection: its events in, the core's words out. */
export class DeviceConnection implements Connection, DeviceLink {
  readonly #around: Surroundings;
  readonly #meter: Meter;
  /** Null once it is over, as before it has begun. */
  #live: LiveSocket | null = null;
  #socket: DeviceSocket | null = null;
  /** Messages that came while a registration was being looked at; null while none is. */
  #held: string[] | null = null;
  #heldChars = 0;

  constructor(around: Surroundings, meter: Meter) {
    this.#around = around;
    this.#meter = meter;
  }

  open(live: LiveSocket): void {
    this.#live = live;
    // It is its own link: there are many of them, and most of them never say anything again.
    this.#socket = this.#around.devices.connect(this);
  }

  text(text: string): Promise<void> | undefined {
    return this.#hears() ? this.#take(text) : undefined;
  }

  binary(): void {
    if (this.#hears()) this.#say(presentError("Failed to parse message: frames are text, not binary"));
  }

  closed(): void {
    this.#live = null;
    this.#socket?.lost();
  }

  #hears(): boolean {
    if (this.#live === null) return false;
    this.#socket?.heard();
    return true;
  }

  /** Counts what a message turned out to be; one that nobody understands is presence. One too many is answered, so that nothing is dropped in silence. */
  #counts({ event }: Message): boolean {
    if (this.#meter.take(isKnown(event) ? messages[event].counts : "presence")) return true;
    this.#say(presentError(new DomainError("too_many_messages").message));
    if (this.#meter.isFlood) this.#socket?.end("flooding");
    return false;
  }

  #handle(text: string): Promise<void> | undefined {
    const socket = this.#socket;
    if (socket === null || this.#live === null) return undefined;
    try {
      const { message, isForwardable } = readMessage(text);
      if (!this.#counts(message)) return undefined;
      const wrong = pretence(message, socket.name);
      if (wrong === null) return this.#answer(message, { text, isForwardable }, socket);
      this.#say(presentError(wrong));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.#say(presentError(`Failed to parse message: ${error.message}`));
    }
    return undefined;
  }

  #answer(message: Message, written: Written, socket: DeviceSocket): Promise<void> | undefined {
    const { event } = message;
    if (!isKnown(event)) {
      this.#say(presentError(`Unknown event: ${event}`));
      return undefined;
    }
    switch (event) {
      case "register":
        return this.#register(message, socket);
      case "check":
        return this.#check(socket);
      case "connect":
        this.#say(connected);
        return undefined;
      case "ping":
        this.#say(presentPong(this.#around.clock.now()));
        return undefined;
      case "try_connect":
      case "sdp_offer":
      case "sdp_answer":
      case "ice_candidate":
        this.#forward(message, written, socket);
        return undefined;
      case "disconnect":
        return socket.leave();
    }
  }

  #forward(message: Message, { text, isForwardable }: Written, socket: DeviceSocket): void {
    const missing = NEEDED.forward.find((name) => message[name] === "");
    if (socket.name === null) this.#say(presentError("Not registered"));
    else if (missing !== undefined) this.#say(presentError(`${missing} is required`));
    else {
      const passed = isForwardable ? text : forwardable(text);
      const forwarded = this.#around.relayOnly ? relayedText(passed) : passed;
      // A candidate that policy withholds has got as far as it could: its sender hears nothing, as of a delivered one.
      if (forwarded !== null) socket.send(message.to_email, message.to_device, forwarded);
    }
  }

  async #check(socket: DeviceSocket): Promise<void> {
    this.#say(presentOnline(socket.name === null ? [] : await socket.check()));
  }

  #register(message: Message, socket: DeviceSocket): Promise<void> | undefined {
    const missing = NEEDED.register.find((name) => message[name] === "");
    if (missing !== undefined) {
      this.#say(presentError(`${missing} is required for register`));
      return undefined;
    }
    const { from_email: email, from_token: token, from_device: device } = message;
    // Half a surrogate pair cannot be written to the store, nor back to anybody.
    if (!device.isWellFormed()) {
      this.#say(presentError("from_device is not well-formed"));
      return undefined;
    }
    const registration = { email, token, device, ...readAbout(message.payload) };
    this.#held = [];
    return this.#registered(() => socket.register(registration));
  }

  async #registered(register: () => Promise<void>): Promise<void> {
    try {
      await register();
      const { name } = this.#socket!;
      if (name !== null) this.#meter.name(name.email);
    } catch (error) {
      const problem = problemOf(error);
      if (problem === null) throw error;
      this.#meter.answered(problem.code);
      const { error: words, close } = refusalOf(problem);
      this.#say(presentRegisterRefusal(words));
      this.#close(close);
      this.#socket?.lost();
    }
    await this.#release();
  }

  /** Handles what was held back, as far as no message of it registers again. */
  async #release(): Promise<void> {
    const held = this.#held ?? [];
    this.#held = null;
    this.#heldChars = 0;
    await Promise.all(held.map(async (text) => this.#take(text)));
  }

  #take(text: string): Promise<void> | undefined {
    if (this.#held === null) return this.#handle(text);
    // Whoever registers need not wait for the answer: what it sends meanwhile is answered after it.
    this.#heldChars += text.length;
    this.#held.push(text);
    const isTooMuch = this.#held.length > MAX_HELD.messages || this.#heldChars > MAX_HELD.chars;
    if (isTooMuch) this.#socket?.end("backlog");
    return undefined;
  }

  registered(socket: string): void {
    this.#say(presentRegistered(socket));
  }

  deliver(text: string, letter?: Letter): boolean {
    return this.#live !== null && this.#live.send(text, letter);
  }

  tell(news: DeviceNews): void {
    this.#say(presentNews(news));
  }

  refused(target: Target, why: Refused): void {
    this.#say(presentUndelivered(target, why));
  }

  end(why: DeviceEnd): void {
    this.#close(closes[why]);
  }

  #say(text: string): void {
    this.#live?.send(text);
  }

  #close({ code, reason }: Close): void {
    const live = this.#live;
    this.#live = null;
    live?.close(code, reason);
  }
}

/** What is wrong with a message that says it comes from somebody else; null if nothing is. */
function pretence({ from_email, from_device }: Message, registered: DeviceName | null): string | null {
  if (registered === null) return null;
  // Nearly everybody writes the address as it is compared, and comparing is cheaper than finding that form.
  if (from_email !== "" && from_email !== registered.email && addressOf(from_email) !== registered.email) {
    return "from_email does not match the registered user";
  }
  if (from_device !== "" && from_device !== registered.device) {
    return "from_device does not match the registered device";
  }
  return null;
}
