import type { Devices } from "../../core/devices/devices.ts";
import { MessageBudget, SharedBudgets, type Rate } from "../../core/limits/message-budget.ts";
import type { Clock } from "../../ports/clock.ts";
import { clientKey } from "../../transport/http/ip-address.ts";
import { isLocal } from "../../transport/http/local.ts";
import { policy } from "../../transport/http/policy.ts";
import { Refusal } from "../../transport/http/refusal.ts";
import type { Connection, SocketRoute } from "../../transport/websocket/socket.ts";
import { closes } from "./errors.ts";
import { DeviceConnection, messages } from "./events.ts";

/** Sockets' worth of messages that one address may send: people behind one NAT have several devices. */
const SHARED = 10;

export interface DevicesSocketOptions {
  readonly devices: Devices;
  readonly clock: Clock;
  readonly maxMessageBytes: number;
  /** What one socket may send. */
  readonly rate: Rate;
  /** Sockets that one address may have open; 0: as many as it likes. */
  readonly perAddress: number;
  /** Whether sockets from this machine itself count for its address. */
  readonly countsLocal: boolean;
}

/** `/socket/`: the document's endpoint. Who it is, a device says with its first message. */
export function devicesSocket(options: DevicesSocketOptions): SocketRoute {
  const { devices, clock, maxMessageBytes, rate, perAddress, countsLocal } = options;
  /** Open sockets by address. */
  const open = new Map<string, number>();
  const shared = new SharedBudgets(clock, { perSecond: SHARED * rate.perSecond, burst: SHARED * rate.burst });

  const isFull = (address: string | null): boolean =>
    address !== null && perAddress > 0 && (open.get(address) ?? 0) >= perAddress;
  const enter = (address: string): void => void open.set(address, (open.get(address) ?? 0) + 1);
  const leave = (address: string): void => {
    const left = (open.get(address) ?? 0) - 1;
    if (left > 0) open.set(address, left);
    else open.delete(address);
  };

  /** Keeps the address' budget beside what a connection does itself. */
  const counted = (address: string | null): Connection => {
    let connection: DeviceConnection | null = null;
    return {
      open(live) {
        // Handshakes that were under way together were let through together.
        if (isFull(address)) return live.close(closes.crowded.code, closes.crowded.reason);
        if (address !== null) enter(address);
        const own = new MessageBudget(clock, rate);
        connection = new DeviceConnection(devices, clock, address === null ? [own] : [own, shared.enter(address)]);
        connection.open(live);
      },
      text: (text) => connection?.text(text),
      binary: () => connection?.binary(),
      closed() {
        if (connection === null) return;
        connection.closed();
        if (address === null) return;
        shared.leave(address);
        leave(address);
      },
    };
  };

  return {
    path: "/socket",
    policy: policy.firstMessage,
    messages,
    maxMessageBytes,
    accept({ request, address }) {
      const counts = !countsLocal && isLocal(request, address) ? null : clientKey(address);
      if (isFull(counts)) throw new Refusal("rate_limited", "There are too many sockets from this address already.");
      return counted(counts);
    },
  };
}
