import type { Server } from "bun";
import type { Tell } from "../transport/websocket/live-socket.ts";
import type { Doorway } from "./descriptor-watch.ts";

/** A certificate and its key, PEM. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

/** Listens on one port, and can stop that for a while without ending the sockets that are open. */
export interface Listener extends Doorway {
  readonly url: URL;
  /**
   * Serves new connections with another certificate; those that are open go on. Connections that are being made in this
   * instant (a few ms) may be reset. One that is closed opens with it by itself.
   *
   * @throws if it cannot listen with it; the one before is served again, as soon as that can be
   */
  renewTls(tls: TlsPair): void;
  /** To all sockets that are open, whichever certificate they came with. */
  readonly tell: Tell;
  /** Stops for good. `force` cuts what is still open. */
  stop(force: boolean): Promise<void>;
}

/**
 * The runtime can neither pause nor change the certificate of a listener: a server that has stopped goes on with the
 * WebSockets and requests it has, ends connections that ask for nothing, and another one takes the port when it is to be
 * opened again.
 *
 * @throws if it cannot listen
 */
export function openListener<Data>(options: Bun.Serve.Options<Data>, pair: TlsPair | null): Listener {
  let tls = pair;
  const listen = (more: object = {}): Server<Data> =>
    Bun.serve({ ...options, ...(tls === null ? {} : { tls }), ...more });
  let server: Server<Data> | null = listen();
  const { url, port } = server;
  let isStopped = false;
  /** Apart from there being a server: one may be wanted that could not be had. */
  let isWanted = true;
  /** Those that have stopped, and still have something open. */
  const former = new Set<Server<Data>>();
  /** Keeps the process alive while nothing else does. */
  let alive: ReturnType<typeof setInterval> | undefined;

  const shut = (): void => {
    const closed = server;
    if (closed === null) return;
    server = null;
    clearInterval(alive);
    alive = setInterval(() => undefined, 60_000);
    former.add(closed);
    void closed.stop(false).then(() => former.delete(closed));
  };
  const open = (): void => {
    if (isStopped) return;
    isWanted = true;
    server ??= listen({ port });
    clearInterval(alive);
  };
  return {
    url,
    close() {
      isWanted = false;
      shut();
    },
    open,
    renewTls(renewed) {
      const before = tls;
      tls = renewed;
      if (!isWanted || isStopped) return;
      shut();
      try {
        open();
      } catch (error) {
        tls = before;
        open();
        throw error;
      }
    },
    tell(channel, text) {
      let isTaken = server === null || told(server, channel, text);
      for (const one of former) isTaken = told(one, channel, text) && isTaken;
      return isTaken;
    },
    async stop(force) {
      isStopped = true;
      clearInterval(alive);
      const all = server === null ? [...former] : [server, ...former];
      await Promise.all(all.map((one) => one.stop(force)));
    },
  };
}

/** 0: one of them has more unsent than the runtime lets it have, or nobody is there. */
function told<Data>(server: Server<Data>, channel: string, text: string): boolean {
  const outcome = server.publish(channel, text);
  return outcome > 0 || (outcome === 0 && server.subscriberCount(channel) === 0);
}
