import type { Packet, RawData } from "@socket.io/bun-engine/dist/parser.js";
import type { Socket } from "@socket.io/bun-engine/dist/socket.js";
import { ANY_MESSAGE, noMeter, type Meter } from "../limits/meter.ts";

/** Unsent bytes a polling client may leave with us before it is closed; WebSockets have the runtime's limit. */
const MAX_UNSENT_BYTES = 1024 * 1024;

/** What a packet weighs beside its data. */
const PACKET_BYTES = 32;

/** What is watched of a connection. */
interface Watched {
  readonly meter: Meter;
  /** In bytes. */
  unsent: number;
  /** True until its ping is answered. */
  isPinged: boolean;
}

const WATCHED = Symbol("watched");

type WatchedSocket = Socket & { readonly [WATCHED]: Watched };

/**
 * Closes a connection that takes more than its share. The engine bounds neither of these itself:
 * packets that wait for a client that does not poll, and timers, of which each pong that answers no ping starts one.
 */
export function watch(socket: Socket, meter: Meter = noMeter): void {
  const watched: Watched = { meter, unsent: 0, isPinged: false };
  Object.assign(socket, { [WATCHED]: watched });
  // The same functions for all connections: the engine calls them on the one that they are about.
  socket.on("packetCreate", created);
  socket.on("flush", flushed);
  socket.on("packet", received);
}

function created(this: WatchedSocket, { type, data }: Packet): void {
  const watched = this[WATCHED];
  if (type === "ping") watched.isPinged = true;
  watched.unsent += PACKET_BYTES + sizeOf(data);
  if (watched.unsent > MAX_UNSENT_BYTES && !this.transport.writable) this.transport.close();
}

function flushed(this: WatchedSocket): void {
  this[WATCHED].unsent = 0;
}

function received(this: WatchedSocket, { type }: Packet): void {
  const watched = this[WATCHED];
  if (type === "message" && !watched.meter.take(ANY_MESSAGE)) this.close();
  if (type !== "pong") return;
  if (!watched.isPinged) this.close();
  watched.isPinged = false;
}

function sizeOf(data: RawData | undefined): number {
  return typeof data === "string" ? data.length : (data?.byteLength ?? 0);
}
