import type { Server, Socket } from "socket.io";
import type { MessagePolicy } from "../websocket/socket.ts";

/** An event that clients send. */
export interface SocketEvent {
  /** Who may send it. */
  readonly policy: MessagePolicy;
  /** The arguments are whatever the peer chose to send, an acknowledgement callback included. */
  handle(socket: Socket, ...args: unknown[]): void | Promise<void>;
}

export type SocketEvents = Readonly<Record<string, SocketEvent>>;

/** What a face does with its connections. */
export interface SocketHandlers {
  readonly events: SocketEvents;
  opened?(socket: Socket): void;
  closed(socket: Socket): void | Promise<void>;
  /** Hears each exception, with the socket whose event it was. */
  failed(error: unknown, socket: Socket): void;
}

/**
 * Takes the connections of the main namespace. No exception in a handler gets out of here, where it would end the
 * process: Socket.IO calls handlers with nothing around them.
 */
export function acceptSockets(io: Server, handlers: SocketHandlers): void {
  const { events, failed } = handlers;

  io.on("connection", (socket) => {
    const guarded =
      <Args extends unknown[]>(handle: (...args: Args) => void | Promise<void>) =>
      (...args: Args): void => {
        try {
          handle(...args)?.catch((error: unknown) => failed(error, socket));
        } catch (error) {
          failed(error, socket);
        }
      };

    guarded(() => {
      for (const [event, { handle }] of Object.entries(events)) {
        socket.on(
          event,
          guarded((...args: unknown[]) => handle(socket, ...args)),
        );
      }
      socket.on(
        "disconnect",
        guarded(() => handlers.closed(socket)),
      );
      handlers.opened?.(socket);
    })();
  });
}

/** Cuts a connection so that its client comes back by itself; see {@link SocketIoDoor.close}. */
export function cut(socket: Socket): void {
  socket.conn.close();
}
