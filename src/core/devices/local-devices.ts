import { Groups } from "../flow/groups.ts";
import type { LocalDevice } from "./device.ts";

/** The devices that are registered on this node. */
export class LocalDevices {
  readonly #byUser = new Groups<LocalDevice>(({ device }) => device);
  readonly #bySocket = new Map<string, LocalDevice>();

  get size(): number {
    return this.#bySocket.size;
  }

  /** Takes the place of the device's former socket, which comes back. */
  put(device: LocalDevice): LocalDevice | null {
    const former = this.#byUser.get(device.email, device.device) ?? null;
    if (former !== null) this.#bySocket.delete(former.socket);
    this.#byUser.put(device.email, device);
    this.#bySocket.set(device.socket, device);
    return former;
  }

  /** False if another socket has taken its place. */
  remove({ email, device, socket }: LocalDevice): boolean {
    if (!this.#bySocket.delete(socket)) return false;
    this.#byUser.delete(email, device);
    return true;
  }

  /** By device id or else by socket id; null for one that is lost. */
  find(email: string, device: string): LocalDevice | null {
    const found = this.#byUser.get(email, device) ?? this.bySocket(device);
    return found?.email === email && !found.isLost ? found : null;
  }

  bySocket(socket: string): LocalDevice | null {
    return this.#bySocket.get(socket) ?? null;
  }

  of(email: string): readonly LocalDevice[] {
    return this.#byUser.of(email).filter(({ isLost }) => !isLost);
  }

  /** How many users have a device here. */
  get users(): number {
    return this.#byUser.count;
  }

  all(): readonly LocalDevice[] {
    return [...this.#bySocket.values()];
  }
}
