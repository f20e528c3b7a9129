import type { Devices } from "../../core/devices/devices.ts";
import type { Clock } from "../../ports/clock.ts";
import { policy } from "../../transport/http/policy.ts";
import type { SocketRoute } from "../../transport/websocket/socket.ts";
import { doc } from "./event-docs.ts";
import { refuse } from "./http-errors.ts";
import { DeviceConnection, messages, type Surroundings } from "./events.ts";

export interface DevicesSocketOptions {
  readonly devices: Devices;
  readonly clock: Clock;
  readonly maxMessageBytes: number;
  /** True: peers are to meet over TURN alone. */
  readonly relayOnly?: boolean;
}

/** `/socket/`: the document's endpoint. Who it is, a device says with its first message. */
export function devicesSocket(options: DevicesSocketOptions): SocketRoute {
  const { devices, clock, maxMessageBytes, relayOnly = false } = options;
  const around: Surroundings = { devices, clock, relayOnly };

  return {
    path: "/socket",
    doc,
    policy: policy.firstMessage,
    messages,
    maxMessageBytes,
    metersLocal: true,
    refuse,
    accept: ({ meter }) => new DeviceConnection(around, meter),
  };
}
