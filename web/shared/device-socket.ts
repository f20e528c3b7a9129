// One device's WebSocket: registers, beats, comes back when it is lost, and carries messages to other devices.

/** A device on its way to or from the server. */
export interface Address {
  readonly email: string;
  readonly device: string;
}

export interface OnlineDevice {
  readonly device_id: string;
  readonly device_name: string | null;
  readonly device_type: string | null;
}

export interface OnlineUser {
  readonly email: string;
  readonly devices: readonly OnlineDevice[];
}

export type SignalEvent = "try_connect" | "sdp_offer" | "sdp_answer" | "ice_candidate";

/** What a page hears. */
export interface DeviceListener {
  /** Registered; also after every return. */
  online(): void;
  /** The server does not answer; it is tried again and again. */
  offline(): void;
  /** The server does not take the token. It is not tried again. */
  refused(why: string): void;
  /** Who is online of the user's contacts: after registering, and whenever one comes or goes. */
  seen(users: readonly OnlineUser[]): void;
  message(event: SignalEvent, from: Address, payload: unknown): void;
  /** A message could not be delivered. */
  unreachable(to: Address, why: string): void;
}

/** How often the server hears from us, in ms; it gives a silent socket up after 90 s. */
const PING_MS = 30_000;

/** The first wait before connecting again and the longest, in ms; doubled each time, and spread. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;

interface Frame {
  readonly event: string;
  readonly from_email?: string;
  readonly from_device?: string;
  readonly payload?: unknown;
  readonly status?: string;
  readonly error?: string;
  readonly target_email?: string;
  readonly target_device?: string;
}

const signals: ReadonlySet<string> = new Set<SignalEvent>(["try_connect", "sdp_offer", "sdp_answer", "ice_candidate"]);

export class DeviceSocket {
  readonly #own: Address;
  readonly #token: string;
  readonly #name: string;
  readonly #listener: DeviceListener;
  readonly #ping: ReturnType<typeof setInterval>;
  #socket: WebSocket | null = null;
  #retryMs = FIRST_RETRY_MS;
  #over = false;

  constructor(options: {
    readonly own: Address;
    readonly token: string;
    /** What others see of this device. */
    readonly name: string;
    readonly listener: DeviceListener;
  }) {
    this.#own = options.own;
    this.#token = options.token;
    this.#name = options.name;
    this.#listener = options.listener;
    this.#ping = setInterval(() => this.#write({ event: "ping" }), PING_MS);
    this.#connect();
  }

  /** Sends a message to another device. */
  send(event: SignalEvent, to: Address, payload: unknown): void {
    this.#write({ event, to_email: to.email, to_device: to.device, payload });
  }

  /** Asks who is online; the answer comes to the listener. */
  look(): void {
    this.#write({ event: "check" });
  }

  /** Says goodbye, so that contacts hear at once that the device has left. */
  leave(): void {
    this.#over = true;
    clearInterval(this.#ping);
    this.#write({ event: "disconnect" });
    this.#socket?.close();
  }

  #connect(): void {
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/socket/`);
    this.#socket = socket;
    socket.onopen = () =>
      this.#write({
        event: "register",
        from_token: this.#token,
        payload: { device_name: this.#name, device_type: matchMedia("(width < 640px)").matches ? "mobile" : "desktop" },
      });
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(data as string) as Frame | readonly OnlineUser[]);
    socket.onclose = () => {
      if (this.#over) return;
      this.#listener.offline();
      setTimeout(() => this.#over || this.#connect(), this.#retryMs * (0.5 + Math.random()));
      this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
    };
  }

  #hear(frame: Frame | readonly OnlineUser[]): void {
    if (isList(frame)) return this.#listener.seen(frame);
    const { event, from_email: email = "", from_device: device = "" } = frame;
    if (event === "register") this.#registered(frame);
    else if (event === "user_joined" || event === "user_left") this.look();
    else if (signals.has(event)) this.#listener.message(event as SignalEvent, { email, device }, frame.payload);
    else if (frame.target_email !== undefined && frame.target_device !== undefined) {
      const to = { email: frame.target_email, device: frame.target_device };
      this.#listener.unreachable(to, frame.error ?? "not online");
    }
  }

  #registered({ status, error }: Frame): void {
    if (status === "ok") {
      this.#retryMs = FIRST_RETRY_MS;
      this.#listener.online();
      this.look();
      return;
    }
    this.#over = true;
    clearInterval(this.#ping);
    this.#listener.refused(error ?? "The server does not take this device.");
  }

  #write(message: Readonly<Record<string, unknown>>): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    const { email, device } = this.#own;
    const empty = { from_token: "", to_email: "", to_device: "", payload: {} };
    this.#socket.send(JSON.stringify({ from_email: email, from_device: device, ...empty, ...message }));
  }
}

function isList(frame: Frame | readonly OnlineUser[]): frame is readonly OnlineUser[] {
  return Array.isArray(frame);
}
