import type { Timer } from "../../ports/clock.ts";
import type { Identity } from "../accounts/directory.ts";
import { DomainError } from "../errors/errors.ts";
import {
  addressOf,
  type DeviceAbout,
  type DeviceEnd,
  type DeviceInfo,
  type DeviceLink,
  type DeviceName,
  type DeviceOwner,
  type LocalDevice,
} from "./device.ts";
import { Outgoing, type Ways } from "./outgoing.ts";

/** How long a device whose socket was lost may take to come back before anybody hears of it, in ms. */
export const GRACE_MS = 2_000;

/**
 * The same while the node has its hands full with registrations, in ms: the device may be among those that wait for
 * their turn, and thousands that are announced as gone and back again would make the crowd worse.
 */
export const GRACE_IN_A_CROWD_MS = 10_000;

/** As many registrations under way as make a crowd. */
const CROWD = 8;

/** How often to look whether the crowd is through, in ms. */
const CROWD_LOOK_MS = 500;

export interface Registration extends DeviceAbout {
  readonly token: string;
  /** As the device wrote it. */
  readonly email: string;
  readonly device: string;
}

/** What a socket needs of the service it belongs to. */
export interface SocketHost extends Ways {
  /** Registrations that wait for an answer, on this node. */
  readonly arrivals: { underWay: number };
  identify(token: string): Promise<Identity>;
  /** Makes the device known everywhere, unless its socket was replaced meanwhile. */
  enter(device: LocalDevice, socket: DeviceSocket): Promise<boolean>;
  /** Makes it known everywhere that the device is gone, unless another socket has it. */
  leave(device: LocalDevice): Promise<void>;
  online(email: string): Promise<readonly DeviceInfo[]>;
  closed(socket: DeviceSocket): void;
}

/** One connection of a program that is, or is going to be, somebody's device. */
export class DeviceSocket implements DeviceOwner {
  readonly id: string;
  readonly openedAt: number;
  heardAt: number;
  readonly #host: SocketHost;
  readonly #link: DeviceLink;
  #device: LocalDevice | null = null;
  /** Only who sends anything needs it: most sockets are idle, and there are many. */
  #outgoing: Outgoing | null = null;
  #grace: Timer | null = null;
  #state: "open" | "over" | "replaced" = "open";
  /** Registrations that it waits for. */
  #asked = 0;
  #check: Promise<readonly DeviceInfo[]> | null = null;
  #nextCheck: Promise<readonly DeviceInfo[]> | null = null;

  constructor(host: SocketHost, id: string, link: DeviceLink) {
    this.#host = host;
    this.id = id;
    this.#link = link;
    this.openedAt = this.heardAt = host.roads.clock.now();
  }

  /** Who it is from its registration on. */
  get name(): DeviceName | null {
    return this.#device;
  }

  /** It has asked to be registered, and has no answer yet: what it waits for is this node's turn to be quick. */
  get isRegistering(): boolean {
    return this.#asked > 0;
  }

  get wasReplaced(): boolean {
    return this.#state === "replaced";
  }

  heard(): void {
    this.heardAt = this.#host.roads.clock.now();
  }

  /**
   * Becomes this device, and takes it over from the socket that it had. Once only; the same device again tells its name
   * and type anew.
   *
   * @throws {DomainError} malformed_token, invalid_token, email_mismatch, keys_unavailable, too_many_devices
   * @throws {StoreUnavailable} if nobody can say whose token it is
   */
  async register(registration: Registration): Promise<void> {
    const { arrivals } = this.#host;
    arrivals.underWay++;
    this.#asked++;
    try {
      await this.#register(registration);
    } finally {
      this.#asked--;
      arrivals.underWay--;
    }
  }

  async #register({ token, email, device, name, type }: Registration): Promise<void> {
    const { email: identified, tokenId, expiresAt } = await this.#host.identify(token);
    if (identified !== addressOf(email)) throw new DomainError("email_mismatch");
    const entering: LocalDevice = {
      email: identified,
      device,
      name,
      type,
      socket: this.id,
      tokenId,
      expiresAt,
      owner: this,
      link: this.#link,
      since: 0,
      isLost: false,
    };
    if (!(await this.#host.enter(entering, this))) return;
    this.#device = entering;
    if (this.#state !== "open") this.#goLater();
  }

  /** Hands a message over to a device as the sender names it, at once or in its turn; or says that it could not. */
  send(email: string, device: string, text: string): void {
    if (this.#device === null) return;
    this.#outgoing ??= new Outgoing(this.#host, this.#device, this.#link);
    if (!this.#outgoing.send(email, device, text)) this.end("backlog");
  }

  /** The contacts' devices that are there, in a steady order. Many questions at once share an answer. */
  check(): Promise<readonly DeviceInfo[]> {
    if (this.#nextCheck !== null) return this.#nextCheck;
    const look = async (): Promise<readonly DeviceInfo[]> => {
      await this.#check;
      this.#check = this.#nextCheck;
      this.#nextCheck = null;
      try {
        // It may have been replaced while it waited for its turn.
        return this.#device === null ? [] : await this.#host.online(this.#device.email);
      } finally {
        this.#check = null;
      }
    };
    this.#nextCheck = look();
    return this.#nextCheck;
  }

  /** The device says goodbye. */
  async leave(): Promise<void> {
    this.end("left");
    await this.leaveNow();
  }

  /** The connection is gone; it may come back. */
  lost(): void {
    if (this.#state !== "open") return;
    this.#state = "over";
    this.#host.closed(this);
    this.#goLater();
  }

  end(why: DeviceEnd): void {
    if (this.#state !== "open") return;
    this.#link.end(why);
    this.lost();
  }

  replaced(): void {
    const wasOpen = this.#state === "open";
    this.#state = "replaced";
    this.#grace?.cancel();
    this.#device = null;
    if (!wasOpen) return;
    this.#link.end("replaced");
    this.#host.closed(this);
  }

  async leaveNow(): Promise<void> {
    this.#grace?.cancel();
    const device = this.#device;
    this.#device = null;
    if (device !== null) await this.#host.leave(device);
  }

  #goLater(): void {
    const device = this.#device;
    if (device === null) return;
    device.isLost = true;
    const { clock, failed } = this.#host.roads;
    const last = clock.now() + GRACE_IN_A_CROWD_MS;
    const wait = (ms: number): void => {
      this.#grace = clock.after(ms, () => {
        if (this.#host.arrivals.underWay >= CROWD && clock.now() < last) wait(CROWD_LOOK_MS);
        else this.leaveNow().catch(failed);
      });
    };
    wait(GRACE_MS);
  }
}
