import type { Clock, Timer } from "../../ports/clock.ts";
import type { DeviceOwner } from "./device.ts";
import type { DeviceSocket } from "./device-socket.ts";
import type { LocalDevices } from "./local-devices.ts";

/** A registered socket this long without a message is taken for dead, in ms. */
export const SILENCE_MS = 90_000;

/** How long a socket may stay without registering, in ms. */
export const UNREGISTERED_MS = 30_000;

/** The same while a registration is under way, in ms. */
const REGISTERING_MS = 180_000;

/** How often sockets are looked over, in ms. */
const LOOK_MS = 1_000;

/** The open sockets of this node, and the end of those that are silent, nobody's, or there by a token past its time. */
export class SocketWatch {
  readonly #clock: Clock;
  readonly #timeOfDay: Pick<Clock, "now">;
  readonly #local: LocalDevices;
  readonly #failed: (error: unknown) => void;
  /** Those that are no device yet; all others are among the devices of this node, and there are very many. */
  readonly #strangers = new Map<string, DeviceSocket>();
  #size = 0;
  #timer: Timer | null = null;

  /** Tokens end by the time of day, all else is measured by the clock. */
  constructor(deps: {
    readonly clock: Clock;
    readonly timeOfDay: Pick<Clock, "now">;
    readonly local: LocalDevices;
    failed(error: unknown): void;
  }) {
    this.#clock = deps.clock;
    this.#timeOfDay = deps.timeOfDay;
    this.#local = deps.local;
    this.#failed = deps.failed;
  }

  get size(): number {
    return this.#size;
  }

  start(): void {
    this.#timer = this.#clock.every(LOOK_MS, () => this.#lookOver());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  add(socket: DeviceSocket): void {
    this.#size++;
    this.#strangers.set(socket.id, socket);
  }

  /** Its device is among those of this node from now on. */
  registered(id: string): void {
    this.#strangers.delete(id);
  }

  remove(socket: DeviceSocket): void {
    this.#size--;
    this.#strangers.delete(socket.id);
  }

  /** A newer socket has the device of this one. */
  replaced(id: string): void {
    this.#find(id)?.replaced();
  }

  /** Its token is good no longer, or an operator says so: the device is given up at once. */
  endNow(id: string, why: "revoked" | "expired" | "kicked"): void {
    const socket = this.#find(id);
    socket?.end(why);
    socket?.leaveNow().catch(this.#failed);
  }

  #find(id: string): DeviceOwner | undefined {
    return this.#strangers.get(id) ?? this.#local.bySocket(id)?.owner;
  }

  #lookOver(): void {
    const [now, timeOfDay] = [this.#clock.now(), this.#timeOfDay.now()];
    for (const socket of [...this.#strangers.values()]) {
      // In a crowd a registration may wait for longer: who is closed for that would not come back.
      const most = socket.isRegistering ? REGISTERING_MS : UNREGISTERED_MS;
      if (now - socket.openedAt >= most) socket.end("unregistered");
    }
    for (const { socket, owner, expiresAt, isLost } of this.#local.all()) {
      if (isLost) continue;
      if (now - owner.heardAt >= SILENCE_MS) owner.end("silent");
      else if (expiresAt <= timeOfDay) this.endNow(socket, "expired");
    }
  }
}
