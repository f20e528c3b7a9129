import type { Server, Socket } from "socket.io";

/** What one connection does with what it hears. */
export interface SocketHandlers {
  /** By event. The arguments are whatever the peer chose to send, an acknowledgement callback included. */
  readonly events: Readonly<Record<string, (...args: unknown[]) => void | Promise<void>>>;
  closed(): void | Promise<void>;
}

/**
 * Takes the connections of the main namespace. No exception in a handler gets out of here, where it would end the
 * process: Socket.IO calls handlers with nothing around them.
 *
 * @param options.failed hears each exception, with the socket whose event it was
 */
export function acceptSockets(
  io: Server,
  options: { accept(socket: Socket): SocketHandlers; failed(error: unknown, socket: Socket): void },
): void {
  const { accept, failed } = options;

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
      const handlers = accept(socket);
      for (const [event, handle] of Object.entries(handlers.events)) socket.on(event, guarded(handle));
      socket.on(
        "disconnect",
        guarded(() => handlers.closed()),
      );
    })();
  });
}

/** Cuts a connection so that its client comes back by itself; see {@link SocketIoDoor.close}. */
export function cut(socket: Socket): void {
  socket.conn.close();
}
