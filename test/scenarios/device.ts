import type { Person } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import type { RunningServer } from "../support/server.ts";
import type { Closed } from "../wire/rooms-client.ts";

/** Which device of whom. */
export interface Address {
  readonly email: string;
  readonly device: string;
}

/** How its contacts call a device. */
export const nameOf = ({ email, device }: Address): string => `${email}/${device}`;

export interface Heard {
  readonly event: "user_joined" | "user_left";
  readonly about: string;
  /** When it came, in ms. */
  readonly at: number;
}

export interface Hooks {
  /** A message of another device; `payload` is what it was sent with. */
  message?(from: Address, payload: any, by: Device): void;
  /** It could not be delivered, and why. */
  refused?(to: Address, why: string, by: Device): void;
}

let sockets = 0;

/** A device that is registered, and all it has been told. */
export class Device implements Address {
  readonly email: string;
  readonly device: string;
  readonly person: Person;
  readonly node: Pick<RunningServer, "wsUrl">;
  /** Sockets opened later have higher ones. */
  readonly serial = ++sockets;
  readonly heard: Heard[] = [];
  /** Events that no client of the document expects. */
  readonly complaints: string[] = [];
  closed: Closed | null = null;
  /** False until the server has registered it. */
  isRegistered = false;
  socketId = "";
  readonly #socket: WebSocket;
  readonly #hooks: Hooks;
  readonly #checks: PromiseWithResolvers<ReadonlyMap<string, string>>[] = [];
  readonly #fences: PromiseWithResolvers<void>[] = [];
  readonly #registered = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<Closed>();

  private constructor(url: string, node: Pick<RunningServer, "wsUrl">, person: Person, device: string, hooks: Hooks) {
    this.email = person.email;
    this.device = device;
    this.person = person;
    this.node = node;
    this.#hooks = hooks;
    this.#socket = new WebSocket(url);
    this.#socket.onopen = () =>
      this.say({ event: "register", from_email: person.email, from_token: person.token, from_device: device });
    this.#socket.onmessage = ({ data }) => this.#take(JSON.parse(data as string));
    this.#socket.onclose = ({ code, reason }) => {
      this.closed = { code, reason };
      this.#closed.resolve(this.closed);
      const lost = new Error(`${nameOf(this)} was closed: ${code} ${reason}`);
      for (const { reject } of [this.#registered, ...this.#checks, ...this.#fences]) reject(lost);
    };
  }

  /** Opens a socket and registers. `url`: of the socket, where it is not the node's own. */
  static async register(
    node: Pick<RunningServer, "wsUrl">,
    person: Person,
    device: string,
    hooks: Hooks = {},
    url = `${node.wsUrl}/socket/`,
  ): Promise<Device> {
    const made = new Device(url, node, person, device, hooks);
    await made.registered();
    return made;
  }

  /** Opens a socket, which may never be registered. */
  static open(node: Pick<RunningServer, "wsUrl">, person: Person, device: string, hooks: Hooks = {}): Device {
    return new Device(`${node.wsUrl}/socket/`, node, person, device, hooks);
  }

  /** Rejects if it is closed before. */
  registered(): Promise<void> {
    return this.#registered.promise;
  }

  say(fields: object): void {
    this.#socket.send(JSON.stringify(fields));
  }

  send(to: Address, payload: unknown, event = "ice_candidate"): void {
    const [from, target] = [
      { from_email: this.email, from_token: "", from_device: this.device },
      { to_email: to.email, to_device: to.device },
    ];
    this.say({ ...from, ...target, event, payload });
  }

  /** The sockets of the contacts' devices that are online, by their names. */
  check(): Promise<ReadonlyMap<string, string>> {
    return this.#ask(this.#checks, { event: "check", from_email: this.email });
  }

  /** Resolves when everything that was written to it before has come. */
  fence(): Promise<void> {
    return this.#ask(this.#fences, { event: "connect" });
  }

  /** Says goodbye. All that was written to it has come when this resolves. */
  async leave(): Promise<void> {
    this.say({ event: "disconnect" });
    await this.ended();
  }

  /** The connection breaks off. */
  breakOff(): void {
    (this.#socket as WebSocket & { terminate(): void }).terminate();
  }

  ended(): Promise<Closed> {
    return this.#closed.promise;
  }

  /** What it was told of a device, in order. */
  newsOf(about: Address): string[] {
    return this.heard.filter((one) => one.about === nameOf(about)).map(({ event }) => event);
  }

  #ask<Answer>(waiting: PromiseWithResolvers<Answer>[], question: object): Promise<Answer> {
    if (this.closed !== null) return Promise.reject(new Error(`${nameOf(this)} is closed: ${this.closed.code}`));
    const asked = Promise.withResolvers<Answer>();
    waiting.push(asked);
    this.say(question);
    return asked.promise;
  }

  #take(message: any): void {
    if (Array.isArray(message)) {
      const devices = message.flatMap(({ email, devices }) =>
        devices.map((one: any): [string, string] => [`${email}/${one.device_id}`, one.socket_id]),
      );
      this.#checks.shift()?.resolve(new Map(devices));
      return;
    }
    switch (message.event) {
      case "register":
        this.isRegistered = message.status === "ok";
        this.socketId = message.socket_id ?? "";
        if (this.isRegistered) this.#registered.resolve();
        else this.#registered.reject(new Error(JSON.stringify(message)));
        return;
      case "connected":
        this.#fences.shift()?.resolve();
        return;
      case "user_joined":
      case "user_left": {
        const about = `${message.payload.email}/${message.payload.device_id}`;
        this.heard.push({ event: message.event, about, at: performance.now() });
        return;
      }
      case "ice_candidate":
      case "sdp_offer":
        this.#hooks.message?.({ email: message.from_email, device: message.from_device }, message.payload, this);
        return;
      default:
        if (message.target_email === undefined) this.complaints.push(JSON.stringify(message));
        else {
          const to = { email: message.target_email, device: message.target_device };
          this.#hooks.refused?.(to, message.event === "error" ? message.error : message.event, this);
        }
    }
  }
}

/** Waits until `check` shows these to each of the watchers, but for its own. Returns how long that took, in ms. */
export async function allSee(watchers: readonly Device[], wanted: readonly Address[], withinMs: number) {
  return allCheck(watchers, withinMs, (one, online) =>
    wanted.every((other) => other.email === one.email || online.has(nameOf(other))),
  );
}

/** Waits until none of these is online to any of the watchers. Returns how long that took, in ms. */
export async function noneSees(watchers: readonly Device[], gone: readonly Address[], withinMs: number) {
  return allCheck(watchers, withinMs, (_, online) => !gone.some((one) => online.has(nameOf(one))));
}

async function allCheck(
  watchers: readonly Device[],
  withinMs: number,
  fits: (watcher: Device, online: ReadonlyMap<string, string>) => boolean,
): Promise<number> {
  const began = performance.now();
  await Promise.all(
    watchers.map((one) => eventually("check shows it", async () => fits(one, await one.check()), withinMs)),
  );
  return performance.now() - began;
}
