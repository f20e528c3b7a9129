import type { ServerWebSocket, WebSocketHandler } from "bun";
import type { RequestScope } from "../http/request-scope.ts";
import type { Crowd } from "../limits/crowd.ts";
import { ANY_MESSAGE, TOO_MANY, type Meter } from "../limits/meter.ts";
import type { Bursts } from "./bursts.ts";
import { RuntimeSocket, type Tell, type Terms } from "./live-socket.ts";
import { createPinger } from "./pinger.ts";
import { MAX_UNSENT_BYTES, type Connection } from "./socket.ts";

/** What hangs on every socket of the server, whatever door it came through. */
export interface SocketData {
  readonly door: Door;
  /** Set by the door that accepted the socket. */
  readonly state: unknown;
  /** Whom it counts on; null: nobody. Left out where the door counts its clients itself. */
  readonly client?: string | null;
  /** Counts its messages. Left out where the door counts them itself. */
  readonly meter?: Meter;
  /** The name of the request that opened it. */
  readonly request?: string;
  live?: RuntimeSocket | undefined;
  /** This and the next: see {@link createPinger}. */
  isHeard?: boolean;
  pingedAt?: number;
}

/** Receives the events of the sockets it accepted. */
export interface Door {
  readonly name: string;
  readonly maxMessageBytes: number;
  /** What a socket's pings count on, where the door counts its messages itself. */
  meterOf?(ws: ServerWebSocket<SocketData>): Meter;
  open(ws: ServerWebSocket<SocketData>): void | Promise<void>;
  message(ws: ServerWebSocket<SocketData>, message: string | Buffer): void | Promise<void>;
  pong?(ws: ServerWebSocket<SocketData>, data: Buffer): void | Promise<void>;
  drain?(ws: ServerWebSocket<SocketData>): void | Promise<void>;
  close(ws: ServerWebSocket<SocketData>, code: number, reason: string): void | Promise<void>;
}

/** A socket on which nothing has moved for this long either way is lost to the runtime too. In seconds. */
const IDLE_SECONDS = 40;
/** Each socket is pinged once in so many seconds, and lost if it says nothing for so many after that: within 60 in all. */
const [PING_SECONDS, LOST_SECONDS] = [18, 40];
/** How often {@link createMux}'s `ping` is to be called, in ms. */
export const PING_EACH_MS = 50;

/**
 * The one entry for every WebSocket event. The runtime ends the process on an exception in a handler, so none gets
 * out of here: the socket that caused it is closed 1011 and the others notice nothing.
 */
export function createMux(options: {
  /** The largest frame any door takes; the runtime closes larger ones 1009 by itself. */
  readonly maxPayloadLength: number;
  /** The most unsent bytes that any door lets a socket have; the runtime cuts a socket with more. */
  readonly maxUnsentBytes?: number;
  /** Which sockets leave; whoever accepts them enters them, in the same turn. */
  readonly crowd?: Crowd;
  failed(door: string, error: unknown, request?: string): void;
  readonly scope?: RequestScope;
}): {
  handler: WebSocketHandler<SocketData>;
  open(): ReadonlySet<ServerWebSocket<SocketData>>;
  byDoor(): ReadonlyMap<string, number>;
  /** How many messages have come. */
  messages(): number;
  /** Pings those whose turn it is, and cuts those that are lost. `now`: ms, of a clock that never goes back. */
  ping(now: number): void;
} {
  const counts = new Map<string, number>();
  const sockets = new Set<ServerWebSocket<SocketData>>();
  let messages = 0;

  const follow = options.scope?.message;
  const pinger = createPinger(sockets, { roundMs: PING_SECONDS * 1_000, lostMs: LOST_SECONDS * 1_000 });

  const blame = (ws: ServerWebSocket<SocketData>, error: unknown): void => {
    options.failed(ws.data.door.name, error, ws.data.request);
    closeBehind(ws, 1011, "internal error");
  };
  const guarded = (ws: ServerWebSocket<SocketData>, run: () => void | Promise<void>): void => {
    try {
      const pending = run();
      if (pending instanceof Promise) pending.catch((error: unknown) => blame(ws, error));
    } catch (error) {
      blame(ws, error);
    }
  };
  /** {@link guarded}, without a function for each message: there are far more of them than of anything else. */
  const hear = (ws: ServerWebSocket<SocketData>, { door, request }: SocketData, message: string | Buffer): void => {
    try {
      const pending =
        follow === undefined ? door.message(ws, message) : follow(door.name, request, () => door.message(ws, message));
      if (pending instanceof Promise) pending.catch((error: unknown) => blame(ws, error));
    } catch (error) {
      blame(ws, error);
    }
  };
  /** The runtime answers pings itself, but each has to be read, and told of here. */
  const countPing = (ws: ServerWebSocket<SocketData>): void => {
    const { meter = ws.data.door.meterOf?.(ws) } = ws.data;
    if (meter?.take(ANY_MESSAGE) === false) closeBehind(ws, TOO_MANY.code, TOO_MANY.reason);
  };

  const handler: WebSocketHandler<SocketData> = {
    perMessageDeflate: false,
    maxPayloadLength: options.maxPayloadLength,
    backpressureLimit: options.maxUnsentBytes ?? MAX_UNSENT_BYTES,
    closeOnBackpressureLimit: true,
    idleTimeout: IDLE_SECONDS,
    sendPings: true,
    open(ws) {
      sockets.add(ws);
      ws.data.isHeard = true;
      counts.set(ws.data.door.name, (counts.get(ws.data.door.name) ?? 0) + 1);
      guarded(ws, () => ws.data.door.open(ws));
    },
    message(ws, message) {
      const { data } = ws;
      messages++;
      data.isHeard = true;
      // A socket that is closing may still have messages to be read; none of them is heard any more.
      if (data.meter?.take(ANY_MESSAGE) === false) closeBehind(ws, TOO_MANY.code, TOO_MANY.reason);
      else if (isLongerThan(data.door.maxMessageBytes, message)) closeBehind(ws, 1009, "message too big");
      else hear(ws, data, message);
    },
    ping(ws) {
      ws.data.isHeard = true;
      countPing(ws);
    },
    pong(ws, data) {
      // What was asked for is not counted: neither by the pinger, which waits for it, nor by whoever serves the socket.
      const isAsked = ws.data.isHeard === false || ws.data.live?.takesPong() === true;
      ws.data.isHeard = true;
      if (!isAsked) countPing(ws);
      guarded(ws, () => ws.data.door.pong?.(ws, data));
    },
    drain(ws) {
      // A slow reader takes what it is sent, though our ping still waits behind it.
      ws.data.isHeard = true;
      ws.data.live?.drained();
      guarded(ws, () => ws.data.door.drain?.(ws));
    },
    close(ws, code, reason) {
      // What waits has nowhere to go, and nothing more is to wait with it.
      guarded(ws, () => ws.data.live?.ended());
      sockets.delete(ws);
      pinger.forget(ws);
      counts.set(ws.data.door.name, (counts.get(ws.data.door.name) ?? 1) - 1);
      const { client, meter } = ws.data;
      if (client !== undefined) options.crowd?.leave(client);
      meter?.leave();
      guarded(ws, () => ws.data.door.close(ws, code, reason));
    },
  };
  return {
    handler,
    open: () => sockets,
    byDoor: () => counts,
    messages: () => messages,
    ping: (now) => pinger.step(now),
  };
}

/** Starts the closing handshake, behind all that the socket has been sent. */
export function closeBehind(ws: ServerWebSocket<SocketData>, code: number, reason: string): void {
  ws.data.live?.flush();
  ws.close(code, reason);
}

/** Compares UTF-8 bytes, but counts them only when the number of characters leaves it open. */
function isLongerThan(limit: number, message: string | Buffer): boolean {
  if (message.length > limit) return true;
  if (typeof message !== "string" || message.length * 3 <= limit) return false;
  return Buffer.byteLength(message) > limit;
}

/** What may wait for one socket where it may have enough unsent, in UTF-16 units; see {@link Terms}. */
const MAX_WAITING = 64 * 1024;

export interface ConnectionDoorOptions {
  readonly name: string;
  readonly maxMessageBytes: number;
  readonly maxUnsentBytes?: number | undefined;
  readonly tell: Tell;
  readonly bursts: Bursts;
}

/**
 * What is answered once something has been awaited goes out with the end of the handler: the socket's next message may be
 * its end.
 */
function answering(live: RuntimeSocket, pending: void | Promise<void>): void | Promise<void> {
  return pending instanceof Promise ? pending.finally(() => live.flush()) : pending;
}

/** A door for {@link Connection} objects: text protocols over plain WebSocket. */
export function connectionDoor(options: ConnectionDoorOptions): Door {
  const { name, maxMessageBytes, maxUnsentBytes = MAX_UNSENT_BYTES, tell, bursts } = options;
  // Of UTF-8 a unit takes three bytes at most.
  const terms: Terms = { maxUnsentBytes, maxWaiting: Math.min(MAX_WAITING, maxUnsentBytes / 8), tell, bursts };
  const connectionOf = (ws: ServerWebSocket<SocketData>): Connection => ws.data.state as Connection;
  return {
    name,
    maxMessageBytes,
    open(ws) {
      const live = new RuntimeSocket(ws, terms);
      ws.data.live = live;
      return answering(live, connectionOf(ws).open(live));
    },
    message(ws, message) {
      const live = ws.data.live!;
      bursts.handling = live;
      try {
        const connection = connectionOf(ws);
        return answering(live, typeof message === "string" ? connection.text(message) : connection.binary());
      } finally {
        bursts.handling = null;
      }
    },
    pong(ws, data) {
      connectionOf(ws).pong?.(data.toString());
    },
    drain(ws) {
      connectionOf(ws).drained?.();
    },
    close(ws, code, reason) {
      return connectionOf(ws).closed(code, reason);
    },
  };
}
