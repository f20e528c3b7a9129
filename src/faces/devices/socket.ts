import type { Devices } from "../../core/devices/devices.ts";
import type { Clock } from "../../ports/clock.ts";
import { policy } from "../../transport/http/policy.ts";
import type { Meter } from "../../transport/limits/meter.ts";
import type { Connection, SocketRoute } from "../../transport/websocket/socket.ts";
import { closes } from "./errors.ts";
import { DeviceConnection } from "./events.ts";

export interface DevicesSocketOptions {
  readonly devices: Devices;
  readonly clock: Clock;
  readonly maxMessageBytes: number;
  /** True: peers are to meet over TURN alone. */
  readonly relayOnly?: boolean;
}

/** `/socket/`: the document's endpoint. Who it is, a device says with its first message. */
export function devicesSocket(options: DevicesSocketOptions): SocketRoute & { drain(): void } {
  const { devices, clock, maxMessageBytes, relayOnly = false } = options;
  let draining = false;

  const connection = (meter: Meter): Connection => {
    let device: DeviceConnection | null = null;
    return {
      open(live) {
        if (draining) return live.close(closes.restarting.code, closes.restarting.reason);
        device = new DeviceConnection(devices, clock, { meter, relayOnly });
        device.open(live);
      },
      text: (text) => device?.text(text),
      binary: () => device?.binary(),
      closed: () => device?.closed(),
    };
  };

  return {
    path: "/socket",
    policy: policy.open,
    maxMessageBytes,
    metersLocal: true,
    accept: ({ meter }) => connection(meter),
    drain() {
      draining = true;
      devices.drain();
    },
  };
}
