import type { Packet, RawData } from "@socket.io/bun-engine/dist/parser.js";
import type { Socket } from "@socket.io/bun-engine/dist/socket.js";
import { ANY_MESSAGE, type Meter } from "../limits/meter.ts";
import { closeNow } from "./connection.ts";
import type { BinaryEvents } from "./binary-events.ts";
import type { Lobby } from "./lobby.ts";
import { BINARY_ACK, BINARY_EVENT, CONNECT, EVENT, isForMain } from "./packets.ts";

/** Unsent bytes a polling client may leave with us before it is closed; WebSockets have the runtime's limit. */
const MAX_UNSENT_BYTES = 1024 * 1024;

/** What a packet weighs beside its data. */
const PACKET_BYTES = 32;

/** What all connections of a door have in common. */
export interface Watchers {
  readonly lobby: Lobby;
  readonly binaryEvents: BinaryEvents;
}

/** What is watched of a connection. */
interface Watched {
  readonly watchers: Watchers;
  readonly meter: Meter;
  /** In bytes. */
  unsent: number;
  /** The engine's timer of the last ping that was answered. */
  answered: unknown;
}

const WATCHED = Symbol("watched");

/** What the engine keeps to itself. */
interface EngineState {
  /** Runs out when a ping is not answered, and is another one for each. */
  readonly pingTimeoutTimer?: unknown;
  readonly writeBuffer: readonly Packet[];
}

type WatchedSocket = Omit<Socket, keyof EngineState> & EngineState & { readonly [WATCHED]: Watched };

/**
 * Closes a connection that takes more than its share. The engine and Socket.IO bound none of these themselves: packets
 * that wait for a client that does not poll; timers, of which each pong that answers no ping starts one; sockets; and
 * attachments.
 */
export function watch(socket: Socket, meter: Meter, watchers: Watchers): void {
  const watched: Watched = { watchers, meter, unsent: 0, answered: undefined };
  Object.assign(socket, { [WATCHED]: watched });
  // The same functions for all connections: the engine calls them on the one that they are about.
  socket.on("packet", received);
  if (socket.transport.name === "polling") socket.on("packetCreate", created);
}

function created(this: WatchedSocket, { data }: Packet): void {
  const watched = this[WATCHED];
  if (this.writeBuffer.length === 0) watched.unsent = 0;
  watched.unsent += PACKET_BYTES + sizeOf(data);
  if (watched.unsent > MAX_UNSENT_BYTES && !this.transport.writable) this.transport.close();
}

function received(this: WatchedSocket, { type, data }: Packet): void {
  const watched = this[WATCHED];
  if (type === "message" && !(watched.meter.take(ANY_MESSAGE) && mayBeHeard(this, data))) closeNow(this);
  if (type !== "pong") return;
  if (watched.answered === this.pingTimeoutTimer) closeNow(this);
  watched.answered = this.pingTimeoutTimer;
}

/** Whether Socket.IO may have a message. */
function mayBeHeard(socket: WatchedSocket, data: RawData | undefined): boolean {
  if (typeof data === "string" && data[0] === EVENT) return true;
  const { lobby, binaryEvents } = socket[WATCHED].watchers;
  if (typeof data !== "string") return binaryEvents.attachment(socket, sizeOf(data));
  const kind = data[0];
  if (kind === CONNECT) return !isForMain(data) || lobby.asks(socket);
  if (kind === BINARY_EVENT || kind === BINARY_ACK) return !lobby.has(socket) && binaryEvents.header(socket, data);
  return isKind(kind);
}

/** The parser would read a blank as 0, which is CONNECT. */
function isKind(kind: string | undefined): boolean {
  return kind !== undefined && kind >= "0" && kind <= "6";
}

function sizeOf(data: RawData | undefined): number {
  return typeof data === "string" ? data.length : (data?.byteLength ?? 0);
}
