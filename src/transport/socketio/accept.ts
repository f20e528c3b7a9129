import type { Server, Socket } from "socket.io";
import { noMeter, type Meter } from "../limits/meter.ts";
import type { MessageRule } from "../websocket/socket.ts";

/** An event that clients send. */
export interface SocketEvent extends MessageRule {
  /** The arguments are whatever the peer chose to send, an acknowledgement callback included. */
  handle(socket: Socket, ...args: unknown[]): void | Promise<void>;
}

export type SocketEvents = Readonly<Record<string, SocketEvent>>;

/** What a face does with its connections. */
export interface SocketHandlers {
  readonly events: SocketEvents;
  opened?(socket: Socket): void;
  closed(socket: Socket): void | Promise<void>;
  /** Hears of each event that was one too many, so that nothing is dropped in silence. */
  refused(socket: Socket): void;
  /** Hears each exception, with the socket whose event it was. */
  failed(error: unknown, socket: Socket): void;
}

/**
 * Takes the connections of the main namespace. No exception in a handler gets out of here, where it would end the
 * process: Socket.IO calls handlers with nothing around them. An event too many has no effect; a client that goes on is
 * cut.
 */
export function acceptSockets(io: Server, handlers: SocketHandlers): void {
  const { events, refused, failed } = handlers;

  const guarded = (socket: Socket, run: () => void | Promise<void>): void => {
    try {
      run()?.catch((error: unknown) => failed(error, socket));
    } catch (error) {
      failed(error, socket);
    }
  };
  const counted = (socket: Socket, { counts, handle }: SocketEvent, args: unknown[]): void | Promise<void> => {
    const meter = meterOf(socket);
    if (meter.take(counts)) return handle(socket, ...args);
    refused(socket);
    if (meter.isFlood) cut(socket);
  };
  // The same functions for all sockets, which they are called on: one for each event of each idle socket would take more
  // memory than all else that is ours of it.
  const listeners = Object.entries(events).map(
    ([name, event]) =>
      [
        name,
        function (this: Socket, ...args: unknown[]): void {
          guarded(this, () => counted(this, event, args));
        },
      ] as const,
  );
  const disconnected = function (this: Socket): void {
    guarded(this, () => handlers.closed(this));
  };

  io.on("connection", (socket) => {
    guarded(socket, () => {
      for (const [name, listener] of listeners) socket.on(name, listener);
      socket.on("disconnect", disconnected);
      handlers.opened?.(socket);
    });
  });
}

const METER = Symbol("meter");

/** Hangs the meter on a connection of the engine, below the Socket.IO session, or on what such a one travels on. */
export function setMeter(connection: object, meter: Meter): void {
  Object.assign(connection, { [METER]: meter });
}

/** What counts the messages of a connection. */
export function meterOf(socket: Socket): Meter {
  return meterOn(socket.conn);
}

/** The same, of a connection of the engine or what it travels on. */
export function meterOn(connection: object): Meter {
  const { [METER]: meter } = connection as { readonly [METER]?: Meter };
  return meter ?? noMeter;
}

/** Cuts a connection so that its client comes back by itself; see {@link SocketIoDoor.close}. */
export function cut(socket: Socket): void {
  socket.conn.close();
}
