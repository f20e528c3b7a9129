import type { Devices } from "../../core/devices/devices.ts";
import { MessageBudget, SharedBudgets, type Rate } from "../../core/limits/message-budget.ts";
import type { Clock } from "../../ports/clock.ts";
import { clientKey } from "../../transport/http/ip-address.ts";
import { isLocal } from "../../transport/http/local.ts";
import { policy } from "../../transport/http/policy.ts";
import type { Connection, SocketRoute } from "../../transport/websocket/socket.ts";
import { closes } from "./errors.ts";
import { DeviceConnection } from "./events.ts";

/** Sockets' worth of messages that one address may send: people behind one NAT have several devices. */
const SHARED = 10;

export interface DevicesSocketOptions {
  readonly devices: Devices;
  readonly clock: Clock;
  readonly maxMessageBytes: number;
  /** What one socket may send. */
  readonly rate: Rate;
  /** Whether sockets from this machine itself share the budget of its address. */
  readonly countsLocal: boolean;
}

/** `/socket/`: the document's endpoint. Who it is, a device says with its first message. */
export function devicesSocket(options: DevicesSocketOptions): SocketRoute & { drain(): void } {
  const { devices, clock, maxMessageBytes, rate, countsLocal } = options;
  const shared = new SharedBudgets(clock, { perSecond: SHARED * rate.perSecond, burst: SHARED * rate.burst });
  let draining = false;

  /** Keeps the address' budget beside what a connection does itself. */
  const counted = (address: string | null): Connection => {
    let connection: DeviceConnection | null = null;
    return {
      open(live) {
        if (draining) return live.close(closes.restarting.code, closes.restarting.reason);
        const own = new MessageBudget(clock, rate);
        connection = new DeviceConnection(devices, clock, address === null ? [own] : [own, shared.enter(address)]);
        connection.open(live);
      },
      text: (text) => connection?.text(text),
      binary: () => connection?.binary(),
      closed() {
        if (connection === null) return;
        connection.closed();
        if (address !== null) shared.leave(address);
      },
    };
  };

  return {
    path: "/socket",
    policy: policy.open,
    maxMessageBytes,
    accept: ({ request, address }) => counted(!countsLocal && isLocal(request, address) ? null : clientKey(address)),
    drain() {
      draining = true;
      devices.drain();
    },
  };
}
