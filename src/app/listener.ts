import type { Server } from "bun";
import type { Doorway } from "./descriptor-watch.ts";

/** Listens on one port, and can stop that for a while without ending the sockets that are open. */
export interface Listener extends Doorway {
  readonly url: URL;
  /** Stops for good. `force` cuts what is still open. */
  stop(force: boolean): Promise<void>;
}

/**
 * The runtime cannot pause: a server that has stopped goes on with the WebSockets and requests it has, ends connections
 * that ask for nothing, and another one takes the port when it is to be opened again.
 *
 * @throws if it cannot listen
 */
export function openListener<Data>(options: Bun.Serve.Options<Data>): Listener {
  let server: Server<Data> | null = Bun.serve(options);
  const { url } = server;
  const port = server.port;
  /** Those that have stopped, and still have something open. */
  const former = new Set<Server<Data>>();
  /** Keeps the process alive while nothing else does. */
  let alive: ReturnType<typeof setInterval> | undefined;
  return {
    url,
    close() {
      const closed = server;
      if (closed === null) return;
      server = null;
      alive = setInterval(() => undefined, 60_000);
      former.add(closed);
      void closed.stop(false).then(() => former.delete(closed));
    },
    open() {
      server ??= Bun.serve({ ...options, port } as Bun.Serve.Options<Data>);
      clearInterval(alive);
    },
    async stop(force) {
      clearInterval(alive);
      const all = server === null ? [...former] : [server, ...former];
      await Promise.all(all.map((one) => one.stop(force)));
    },
  };
}
