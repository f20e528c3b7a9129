import type { Clock, Timer } from "../../ports/clock.ts";
import type { DeviceSocket } from "./device-socket.ts";

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
  readonly #failed: (error: unknown) => void;
  readonly #sockets = new Map<string, DeviceSocket>();
  #timer: Timer | null = null;

  /** Tokens end by the time of day, all else is measured by the clock. */
  constructor(clock: Clock, timeOfDay: Pick<Clock, "now">, failed: (error: unknown) => void) {
    this.#clock = clock;
    this.#timeOfDay = timeOfDay;
    this.#failed = failed;
  }

  get size(): number {
    return this.#sockets.size;
  }

  start(): void {
    this.#timer = this.#clock.every(LOOK_MS, () => this.#lookOver());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  add(socket: DeviceSocket): void {
    this.#sockets.set(socket.id, socket);
  }

  remove(socket: DeviceSocket): void {
    this.#sockets.delete(socket.id);
  }

  /** A newer socket has the device of this one. */
  replaced(id: string): void {
    this.#sockets.get(id)?.replaced();
  }

  /** Its token is good no longer, or an operator says so: the device is given up at once. */
  endNow(id: string, why: "revoked" | "expired" | "kicked"): void {
    const socket = this.#sockets.get(id);
    socket?.end(why);
    socket?.leaveNow().catch(this.#failed);
  }

  #lookOver(): void {
    const [now, timeOfDay] = [this.#clock.now(), this.#timeOfDay.now()];
    for (const socket of [...this.#sockets.values()]) {
      if (socket.name === null) {
        // In a crowd a registration may wait for longer: who is closed for that would not come back.
        const most = socket.isRegistering ? REGISTERING_MS : UNREGISTERED_MS;
        if (now - socket.openedAt >= most) socket.end("unregistered");
      } else if (now - socket.heardAt >= SILENCE_MS) socket.end("silent");
      else if (socket.expiresAt <= timeOfDay) this.endNow(socket.id, "expired");
    }
  }
}
