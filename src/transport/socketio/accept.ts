import type { Server, Socket } from "socket.io";
import { noMeter, type Meter } from "../limits/meter.ts";

/** One event, and what it counts as. */
export interface SocketEvent {
  readonly counts: string;
  /** The arguments are whatever the peer chose to send, an acknowledgement callback included. */
  handle(...args: unknown[]): void | Promise<void>;
}

/** What one connection does with what it hears. */
export interface SocketHandlers {
  /** By name. */
  readonly events: Readonly<Record<string, SocketEvent>>;
  closed(): void | Promise<void>;
}

/**
 * Takes the connections of the main namespace. No exception in a handler gets out of here, where it would end the
 * process: Socket.IO calls handlers with nothing around them. An event too many has no effect; a client that goes on is
 * cut.
 *
 * @param options.failed hears each exception, with the socket whose event it was
 * @param options.refused hears of each event that was one too many, so that nothing is dropped in silence
 */
export function acceptSockets(
  io: Server,
  options: {
    accept(socket: Socket): SocketHandlers;
    refused(socket: Socket): void;
    failed(error: unknown, socket: Socket): void;
  },
): void {
  const { accept, refused, failed } = options;

  io.on("connection", (socket) => {
    const meter = meterOf(socket);
    const guarded =
      <Args extends unknown[]>(handle: (...args: Args) => void | Promise<void>) =>
      (...args: Args): void => {
        try {
          handle(...args)?.catch((error: unknown) => failed(error, socket));
        } catch (error) {
          failed(error, socket);
        }
      };
    const counted =
      ({ counts, handle }: SocketEvent) =>
      (...args: unknown[]): void | Promise<void> => {
        if (meter.take(counts)) return handle(...args);
        refused(socket);
        if (meter.isFlood) cut(socket);
      };

    guarded(() => {
      const handlers = accept(socket);
      for (const [name, event] of Object.entries(handlers.events)) socket.on(name, guarded(counted(event)));
      socket.on(
        "disconnect",
        guarded(() => handlers.closed()),
      );
    })();
  });
}

const METER = Symbol("meter");

/** Hangs the meter on a connection of the engine, below the Socket.IO session. */
export function setMeter(connection: object, meter: Meter): void {
  Object.assign(connection, { [METER]: meter });
}

/** What counts the messages of a connection. */
export function meterOf(socket: Socket): Meter {
  const { [METER]: meter } = socket.conn as unknown as { readonly [METER]?: Meter };
  return meter ?? noMeter;
}

/** Cuts a connection so that its client comes back by itself; see {@link SocketIoDoor.close}. */
export function cut(socket: Socket): void {
  socket.conn.close();
}
