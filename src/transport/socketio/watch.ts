import type { RawData } from "@socket.io/bun-engine/dist/parser.js";
import type { Socket } from "@socket.io/bun-engine/dist/socket.js";
import { ANY_MESSAGE, noMeter, type Meter } from "../limits/meter.ts";

/** Unsent bytes a polling client may leave with us before it is closed; WebSockets have the runtime's limit. */
const MAX_UNSENT_BYTES = 1024 * 1024;

/** What a packet weighs beside its data. */
const PACKET_BYTES = 32;

/**
 * Closes a connection that takes more than its share. The engine bounds neither of these itself:
 * packets that wait for a client that does not poll, and timers, of which each pong that answers no ping starts one.
 */
export function watch(socket: Socket, meter: Meter = noMeter): void {
  let unsent = 0;
  let pinged = false;

  socket.on("packetCreate", ({ type, data }) => {
    if (type === "ping") pinged = true;
    unsent += PACKET_BYTES + sizeOf(data);
    if (unsent > MAX_UNSENT_BYTES && !socket.transport.writable) socket.transport.close();
  });
  socket.on("flush", () => {
    unsent = 0;
  });
  socket.on("packet", ({ type }) => {
    if (type === "message" && !meter.take(ANY_MESSAGE)) socket.close();
    if (type !== "pong") return;
    if (!pinged) socket.close();
    pinged = false;
  });
}

function sizeOf(data: RawData | undefined): number {
  return typeof data === "string" ? data.length : (data?.byteLength ?? 0);
}
