import { Emitter } from "./emitter.ts";
import { errorOf, NotFound, PeerFailed, RendezvousError, Unauthorized } from "./errors.ts";
import type { Http } from "./http.ts";
import { IceServers } from "./ice-servers.ts";
import { Line } from "./line.ts";
import { PeerLink, PeerLinks, type PeerSignal } from "./signaling.ts";
import type { Heard } from "./types.ts";
import type { Channels } from "./wire.ts";

const PING_MS = 30_000;
const SILENCE_MS = 75_000;
/** Closes with 1008 after which coming back helps: with a fresh token, or after the machine has slept. */
const HEALED = ["token expired", "no message for too long"];
/** How long a call may ring, in ms. */
const RING_MS = 60_000;

type Frame = Exclude<Heard<"devices">, OnlineUser[]>;
/** Somebody who is online, with devices. */
export type OnlineUser = Channels["devices"]["hear"]["online"][number];
/** What goes from device to device. */
export type DeviceEvent = "try_connect" | "sdp_offer" | "sdp_answer" | "ice_candidate";

/** One device of somebody. */
export interface DeviceAddress {
  readonly email: string;
  /** Its id; a socket id will do. */
  readonly device: string;
}

/** The device that registers. */
export interface DeviceOptions extends DeviceAddress {
  /** What others see of it. */
  readonly name?: string;
  /** `desktop`, `mobile` or `tablet`. */
  readonly type?: string;
}

/** Another device that wants to connect. */
export interface IncomingCall {
  readonly from: DeviceAddress;
  /** What the caller sent along. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** Takes the call. A way to the caller, for `connectPeer`. */
  accept(): PeerLink;
  decline(): void;
}

/** A message of another device. */
export interface DeviceMessage {
  readonly event: DeviceEvent;
  readonly from: DeviceAddress;
  readonly payload: unknown;
}

/** What a device's socket tells. */
export interface DeviceEvents {
  /** Registered, under this socket id; also after every return. */
  registered: string;
  joined: DeviceAddress;
  left: DeviceAddress;
  message: DeviceMessage;
  call: IncomingCall;
  /** A message could not be delivered. */
  unreachable: { readonly to: DeviceAddress; readonly error: PeerFailed };
  /** The server did not take a message, and says why. */
  refused: string;
  /** The connection broke; it comes back by itself. */
  lost: undefined;
  /** There is no way back; null: closed here. */
  closed: RendezvousError | null;
}

/**
 * One device's connection, which registers again when it was lost; `Devices.register` opens it.
 *
 * @example
 * import { Devices, type DeviceAddress, type DeviceSocket } from "rendezvous-client";
 *
 * function follow(socket: DeviceSocket, friend: DeviceAddress): void {
 *   socket.on("registered", (id) => console.log("online as", id));
 *   socket.on("joined", ({ email, device }) => console.log(email, device, "came"));
 *   socket.on("left", ({ email, device }) => console.log(email, device, "went"));
 *   socket.on("message", ({ event, from, payload }) => console.log(event, from.email, payload));
 *   socket.on("unreachable", ({ to, error }) => console.log(to.email, error.message));
 *   socket.on("closed", (error) => console.log("over", error?.message));
 *   socket.send("try_connect", friend, { request_id: "1" });
 * }
 *
 * const devices = new Devices({ url: "http://127.0.0.1:8080", token: () => "not a good token" });
 * const socket = devices.register({ email: "ann@example.com", device: "laptop" });
 * follow(socket, { email: "bob@example.com", device: "phone" });
 * await socket.ready.catch((error: Error) => console.log("refused:", error.message));
 */
export class DeviceSocket extends Emitter<DeviceEvents> {
  /** Resolves when the device is registered. Rejects if it is refused. */
  readonly ready: Promise<void>;
  readonly #own: DeviceOptions;
  readonly #http: Http;
  readonly #ice: IceServers;
  readonly #line: Line;
  readonly #links = new PeerLinks();
  readonly #ping: ReturnType<typeof setInterval>;
  readonly #ringing = new Map<
    string,
    { readonly to: string; done(accepted: boolean, error?: RendezvousError): void }
  >();
  #checks: ((users: OnlineUser[]) => void)[] = [];
  #unsent: Record<string, unknown>[] = [];
  #registered = false;
  #isFresh = false;
  /** A fresh token may do where the last one was refused. */
  #mayHelp = false;
  #refusal: RendezvousError | null = null;

  /** @internal */
  constructor(http: Http, own: DeviceOptions) {
    super();
    this.#own = own;
    this.#http = http;
    this.#ice = new IceServers(http);
    this.#line = new Line(
      http,
      {
        address: () => http.address("/socket/"),
        opened: () => void this.#register(),
        heard: (frame) => this.#hear(frame as Frame | OnlineUser[]),
        lost: () => {
          this.#registered = false;
          this.emit("lost", undefined);
        },
        final: (_, __, reason) => {
          if (!HEALED.includes(reason)) return this.#mayHelp ? null : (this.#refusal ?? undefined);
          this.#http.tokens.forget();
          return null;
        },
        ended: (error) => this.#end(this.#refusal ?? error),
      },
      // The registration shows the token.
      { ticket: false, silenceMs: SILENCE_MS },
    );
    this.#ping = setInterval(() => this.#write({ event: "ping" }), PING_MS);
    this.ready = new Promise((ready, failed) => {
      this.on("registered", () => ready());
      this.on("closed", (error) => failed(error ?? new RendezvousError("closed")));
    });
    this.ready.catch(() => undefined);
  }

  /** Who is online of the user's contacts, and the devices to reach them at. Without a connection it waits. */
  online(): Promise<OnlineUser[]> {
    return new Promise((answer) => {
      this.#checks.push(answer);
      if (this.#registered) this.#write({ event: "check" });
    });
  }

  /** Sends to another device. Without a connection it waits. Whether it could be delivered, `unreachable` says. */
  send(event: DeviceEvent, to: DeviceAddress, payload: unknown): void {
    const message = { event, to_email: to.email, to_device: to.device, payload };
    if (!this.#registered || !this.#write(message)) this.#unsent.push(message);
  }

  /**
   * Asks another device for a connection. Resolves with whether it accepts; rejects with `PeerFailed` if it is not
   * online or does not answer within a minute, and with why if this socket closes.
   */
  call(to: DeviceAddress, payload: Readonly<Record<string, unknown>> = {}): Promise<boolean> {
    const request_id = crypto.randomUUID();
    return new Promise((answered, failed) => {
      const timer = setTimeout(() => done(false, new PeerFailed("There is no answer.")), RING_MS);
      const done = (accepted: boolean, error?: RendezvousError): void => {
        clearTimeout(timer);
        stop();
        this.#ringing.delete(request_id);
        if (error) failed(error);
        else answered(accepted);
      };
      const stop = this.on("unreachable", ({ to: target, error }) => {
        if (nameOf(target) === nameOf(to)) done(false, error);
      });
      this.#ringing.set(request_id, { to: nameOf(to), done });
      this.send("try_connect", to, { ...payload, request_id });
    });
  }

  /** A way to this device for `connectPeer`, which it has to call too. `patient`: it will make the first offer. */
  signaling(to: DeviceAddress, { patient = false }: { readonly patient?: boolean } = {}): PeerLink {
    return this.#links.open(
      nameOf(to),
      new PeerLink({
        // Any rule does that both sides can follow.
        polite: nameOf(this.#own) < nameOf(to),
        patient,
        ice: this.#ice,
        isUp: () => this.#registered,
        send: (signal) => this.#signal(signal, to),
      }),
    );
  }

  /** Says goodbye, so that contacts hear at once. */
  close(): void {
    this.#write({ event: "disconnect" });
    this.#line.close();
  }

  async #register(): Promise<void> {
    const { name, type } = this.#own;
    const payload = { device_name: name ?? null, device_type: type ?? null };
    try {
      this.#mayHelp = false;
      const from_token = (await this.#http.tokens.get()) ?? "";
      this.#write({ event: "register", from_token, payload });
    } catch (error) {
      this.#refusal = new Unauthorized("There is no token.", { cause: error });
      this.#line.close();
    }
  }

  #hear(frame: Frame | OnlineUser[]): void {
    if (Array.isArray(frame)) return this.#checks.shift()?.(frame);
    switch (frame.event) {
      case "register":
        return frame.status === "ok" ? this.#begin(frame.socket_id) : this.#refuse(frame.error);
      case "user_joined":
      case "user_left":
        return this.#moved(frame.event === "user_joined", frame.payload);
      case "try_connect":
      case "sdp_offer":
      case "sdp_answer":
      case "ice_candidate": {
        const from = { email: frame.from_email ?? "", device: frame.from_device ?? "" };
        return this.#message({ event: frame.event, from, payload: frame["payload"] });
      }
      case "target_not_found":
      case "error": {
        const { error: why, target_email: email, target_device: device } = frame;
        if (!email || !device) return this.emit("refused", why);
        const to = { email, device };
        const error = new PeerFailed(why);
        this.#links.left(nameOf(to), error);
        return this.emit("unreachable", { to, error });
      }
      default:
        return;
    }
  }

  #begin(socketId: string): void {
    this.#registered = true;
    this.#isFresh = false;
    this.#line.settled();
    for (const _ of this.#checks) this.#write({ event: "check" });
    for (const message of this.#unsent.splice(0)) this.#write(message);
    // What was under way when the connection broke may be lost.
    this.#links.restored();
    this.emit("registered", socketId);
  }

  /** The server closes the socket behind it. */
  #refuse(why: string): void {
    this.#mayHelp = !this.#isFresh && this.#http.tokens.forget();
    this.#isFresh = true;
    if (!this.#mayHelp) this.#refusal = errorOf(401, why);
  }

  #moved(isHere: boolean, { email, device_id: device }: { readonly email: string; readonly device_id: string }): void {
    const address = { email, device };
    if (isHere) this.#links.get(nameOf(address))?.restored();
    else this.#links.left(nameOf(address), new NotFound(`${email} has left.`));
    this.emit(isHere ? "joined" : "left", address);
  }

  #message(message: DeviceMessage): void {
    const { event, from, payload } = message;
    if (event === "try_connect") this.#called(from, payload as Record<string, unknown>);
    else {
      const signal = event === "ice_candidate" ? { candidate: payload } : { description: payload };
      this.#links.take(nameOf(from), signal as PeerSignal);
    }
    this.emit("message", message);
  }

  #called(from: DeviceAddress, payload: Readonly<Record<string, unknown>>): void {
    const { request_id, accepted } = payload;
    if (typeof accepted === "boolean") return this.#ringing.get(String(request_id))?.done(accepted);
    // Both have called: both want it.
    const crossed = [...this.#ringing.values()].find(({ to }) => to === nameOf(from));
    if (crossed !== undefined) return crossed.done(true);
    const answer = (accepted: boolean) => this.send("try_connect", from, { request_id, accepted });
    this.emit("call", {
      from,
      payload,
      accept: () => {
        answer(true);
        return this.signaling(from);
      },
      decline: () => answer(false),
    });
  }

  #signal(signal: PeerSignal, to: DeviceAddress): void {
    if ("candidate" in signal) return this.send("ice_candidate", to, signal.candidate);
    const { type, sdp } = signal.description;
    this.send(type === "offer" ? "sdp_offer" : "sdp_answer", to, { type, sdp });
  }

  #write(message: Readonly<Record<string, unknown>>): boolean {
    const { email, device } = this.#own;
    const empty = { from_token: "", to_email: "", to_device: "", payload: {} };
    return this.#line.send({ from_email: email, from_device: device, ...empty, ...message });
  }

  #end(error: RendezvousError | null): void {
    clearInterval(this.#ping);
    this.#links.allLeft(error);
    for (const { done } of this.#ringing.values()) done(false, error ?? new RendezvousError("closed"));
    for (const answer of this.#checks.splice(0)) answer([]);
    this.emit("closed", error);
  }
}

function nameOf({ email, device }: DeviceAddress): string {
  return `${email.toLowerCase()}/${device}`;
}
