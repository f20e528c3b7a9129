import { lasting } from "../chance.ts";
import type { Line } from "../line.ts";
import { pause } from "../pause.ts";
import { liveOn, openLine, type Scene } from "../scene.ts";
import { candidate, description } from "../sdp.ts";
import type { Person } from "./person.ts";

/** How often a device says that it is there, how long it is on, and how long it is off, on average, in ms. */
const [PING_MS, ON_MS, OFF_MS] = [25_000, 240_000, 60_000];
/** How often a device goes without saying so. */
const DIES = 0.15;
/** How long to wait for the other side, in ms. */
const PATIENCE_MS = 10_000;

interface Message {
  readonly event: string;
  readonly status?: string;
  readonly from_email?: string;
  readonly from_device?: string;
}

/** Whoever else is online, as `check` tells it. */
export interface Online {
  readonly email: string;
  readonly devices: readonly { readonly device_id: string }[];
}

export interface Address {
  readonly email: string;
  readonly device: string;
}

/** Somebody's laptop or phone: goes on and off, calls, and answers. */
export class Device {
  readonly id: string;
  readonly #scene: Scene;
  readonly #person: Person;
  readonly #kind: string;
  #line: Line | null = null;
  #isRegistered = false;
  #checking: PromiseWithResolvers<readonly Online[]> | null = null;
  #calling: PromiseWithResolvers<boolean> | null = null;

  constructor(scene: Scene, person: Person, kind: string) {
    this.id = `${kind}-${scene.run}`;
    [this.#scene, this.#person, this.#kind] = [scene, person, kind];
  }

  get isOnline(): boolean {
    return this.#isRegistered;
  }

  get isCalling(): boolean {
    return this.#calling !== null;
  }

  run(): Promise<void> {
    return liveOn(this.#scene, () => this.#session());
  }

  /** The contacts that are online, with their devices. Nobody, if the server says nothing. */
  async check(): Promise<readonly Online[]> {
    const asked = (this.#checking = Promise.withResolvers<readonly Online[]>());
    this.#line?.send({ event: "check", from_email: this.#person.email, from_device: this.id });
    return Promise.race([asked.promise, pause(PATIENCE_MS, this.#scene.signal).then(() => [])]);
  }

  /** Offers a connection. True once the other device has answered. */
  async call(to: Address): Promise<boolean> {
    const called = (this.#calling = Promise.withResolvers<boolean>());
    this.#say(to, "sdp_offer", { type: "offer", sdp: description(this.#person.dice) });
    this.#sendCandidates(to);
    return Promise.race([called.promise, pause(PATIENCE_MS, this.#scene.signal).then(() => false)]);
  }

  hangUp(): void {
    this.#calling = null;
  }

  async #session(): Promise<void> {
    const { signal } = this.#scene;
    const { dice } = this.#person;
    const until = performance.now() + lasting(dice, ON_MS);
    const line = this.#connect();
    this.#line = line;
    try {
      while (!signal.aborted && !line.isOver && (performance.now() < until || this.isCalling)) {
        await pause(PING_MS, signal);
        line.send({ event: "ping" });
      }
    } finally {
      this.#isRegistered = false;
      if (!signal.aborted && dice.happens(DIES)) line.breakOff();
      else {
        line.send({ event: "disconnect" });
        line.close();
      }
    }
    await pause(lasting(dice, OFF_MS), signal);
  }

  #connect(): Line {
    const { email, token } = this.#person;
    return openLine(this.#scene, () => Promise.resolve(null), {
      path: () => "/socket/",
      hello: () => {
        this.#isRegistered = false;
        const payload = { device_name: `${this.#person.name}'s ${this.#kind}`, device_type: this.#kind };
        return Promise.resolve({
          event: "register",
          from_email: email,
          from_token: token,
          from_device: this.id,
          payload,
        });
      },
      heard: (message) => this.#take(message as Message | readonly Online[]),
      ended: () => (this.#isRegistered = false),
    });
  }

  #take(message: Message | readonly Online[]): void {
    if (isList(message)) return this.#checking?.resolve(message);
    const from = { email: message.from_email ?? "", device: message.from_device ?? "" };
    switch (message.event) {
      case "register":
        this.#isRegistered = message.status === "ok";
        return;
      case "sdp_offer":
        this.#say(from, "sdp_answer", { type: "answer", sdp: description(this.#person.dice) });
        return this.#sendCandidates(from);
      case "sdp_answer":
        return this.#calling?.resolve(true);
      case "target_not_found":
        return this.#calling?.resolve(false);
      default:
    }
  }

  #sendCandidates(to: Address): void {
    for (let more = 3; more > 0; more--) this.#say(to, "ice_candidate", candidate(this.#person.dice));
  }

  #say(to: Address, event: string, payload: unknown): void {
    this.#line?.send({
      event,
      from_email: this.#person.email,
      from_token: "",
      from_device: this.id,
      to_email: to.email,
      to_device: to.device,
      payload,
    });
  }
}

function isList(message: Message | readonly Online[]): message is readonly Online[] {
  return Array.isArray(message);
}
