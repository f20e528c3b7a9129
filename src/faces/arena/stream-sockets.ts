import type { MatchStreams } from "../../core/streams/match-streams.ts";
import type { Viewers, Watching } from "../../core/streams/viewers.ts";
import { DomainError } from "../../core/errors/errors.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import { json } from "../../transport/http/route.ts";
import type { Meter } from "../../transport/limits/meter.ts";
import type { Connection, Handshake, LiveSocket, SocketRoute } from "../../transport/websocket/socket.ts";
import { PublisherConnection } from "./publisher.ts";
import { MAX_FRAMES_BYTES } from "./stream-routes.ts";

/** What a viewer says is of no use, so little of it is borne. */
const VIEWER_MESSAGE_BYTES = 4096;

const RESTARTING = { code: 1012, reason: "server restarting" };

export interface StreamSocketsOptions {
  readonly streams: MatchStreams;
  readonly viewers: Viewers;
  /** Unsent bytes past which a viewer is closed. */
  readonly viewerBufferBytes: number;
  /** An error nobody meant, from a publisher's message. */
  streamFailed(error: unknown): void;
}

/** The sockets of those who watch and of those who stream. */
export function streamSockets(options: StreamSocketsOptions): {
  readonly routes: readonly SocketRoute[];
  /** Tells all of them that the server goes down. */
  drain(): void;
} {
  const { streams } = options;
  const open = new Set<Closable>();
  let isDraining = false;
  const accept = (connection: Connection & Closable): Connection => {
    if (isDraining) throw new DomainError("draining");
    return tracked(connection, open);
  };
  const matchOf = ({ params }: Handshake): string => params["match_id"] ?? "";
  /** At a handshake a match that is not there is forbidden rather than not found. */
  const knownTo = async (handshake: Handshake): Promise<readonly [string, string] | null> => {
    try {
      return (await streams.find(matchOf(handshake))).players;
    } catch (error) {
      if (error instanceof DomainError && error.code === "match_not_found") return null;
      throw error;
    }
  };
  return {
    routes: [
      {
        path: "/ws/match/:match_id",
        maxMessageBytes: VIEWER_MESSAGE_BYTES,
        maxUnsentBytes: options.viewerBufferBytes,
        metersLocal: true,
        async accept(handshake) {
          if ((await knownTo(handshake)) === null) return json(403, { detail: "Match not found" });
          return accept(new ViewerConnection(matchOf(handshake), options.viewers, handshake.meter));
        },
      },
      {
        path: "/ws/stream/:match_id",
        maxMessageBytes: MAX_FRAMES_BYTES,
        async accept(handshake) {
          const players = await knownTo(handshake);
          if (players === null) return json(403, { detail: "Match not found" });
          if (!players.some((code) => handshake.caller.may("client", code))) {
            return json(403, { detail: "This match is somebody else's." });
          }
          return accept(new PublisherConnection(matchOf(handshake), streams, handshake.meter, options.streamFailed));
        },
      },
    ],
    drain() {
      isDraining = true;
      for (const one of [...open]) one.close(RESTARTING.code, RESTARTING.reason);
    },
  };
}

interface Closable {
  close(code: number, reason: string): void;
}

/** Is in `open` as long as its socket is. */
function tracked(connection: Connection & Closable, open: Set<Closable>): Connection {
  return {
    open(socket) {
      open.add(connection);
      return connection.open(socket);
    },
    text: (text) => connection.text(text),
    binary: () => connection.binary(),
    drained: () => connection.drained?.(),
    closed(code, reason) {
      open.delete(connection);
      return connection.closed(code, reason);
    },
  };
}

class ViewerConnection implements Connection, Closable {
  readonly #id: string;
  readonly #viewers: Viewers;
  readonly #meter: Meter;
  #socket: LiveSocket | null = null;
  #watching: Watching | null = null;
  #isClosed = false;

  constructor(id: string, viewers: Viewers, meter: Meter) {
    this.#id = id;
    this.#viewers = viewers;
    this.#meter = meter;
  }

  async open(socket: LiveSocket): Promise<void> {
    this.#socket = socket;
    try {
      this.#watching = await this.#viewers.watch(this.#id, {
        get buffered() {
          return socket.buffered;
        },
        send: (texts) => void socket.sendAll(texts),
        end: () => socket.close(1000, "match ended"),
      });
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      socket.close(1013, "try again later");
    }
    if (this.#isClosed) this.#watching?.leave();
  }

  text(): void {
    if (!this.#meter.take("watch")) this.close(1008, "viewers only watch");
  }

  binary(): void {
    this.text();
  }

  drained(): void {
    this.#watching?.drained();
  }

  closed(): void {
    this.#isClosed = true;
    this.#watching?.leave();
  }

  close(code: number, reason: string): void {
    this.#socket?.close(code, reason);
  }
}
