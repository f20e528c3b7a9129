import type { Devices } from "../../core/devices/devices.ts";
import type { Figure } from "../../transport/face.ts";
import { relayFigures } from "../../core/measures/figures.ts";

export function figuresOf(devices: Devices): readonly Figure[] {
  const { devices: registered, sockets, messages, announcements, untold, waiting } = devices.figures();
  const gauge = (name: string, help: string, value: number): Figure => ({ name, help, type: "gauge", value });
  return [
    gauge("devices", "Devices registered on this node.", registered),
    gauge("device_sockets", "Sockets of devices, registered or not.", sockets),
    gauge("device_waiting_characters", "Characters of messages on their way to other nodes.", waiting),
    gauge("device_announcements_waiting", "Announcements that other nodes have not been told yet.", untold),
    ...Object.entries(messages).map(([outcome, value]): Figure => ({
      name: "device_messages_total",
      help: "Messages between devices, by what became of them.",
      type: "counter",
      value,
      labels: { outcome },
    })),
    ...Object.entries(announcements).map(([type, value]): Figure => ({
      name: "device_announcements_total",
      help: "Devices that were announced to have joined or left.",
      type: "counter",
      value,
      labels: { type },
    })),
    ...relayFigures("devices", {
      delivered: messages.local + messages.remote + messages.outside,
      unreachable: messages.not_found,
      refused: messages.unavailable,
    }),
  ];
}
