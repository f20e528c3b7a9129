import type { MatchStreams } from "../../core/streams/match-streams.ts";
import type { Viewers, Watching } from "../../core/streams/viewers.ts";
import { MessageBudget } from "../../core/limits/message-budget.ts";
import { DomainError } from "../../core/errors/errors.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { Clock } from "../../ports/clock.ts";
import { json } from "../../transport/http/route.ts";
import type { Connection, Handshake, LiveSocket, SocketRoute } from "../../transport/websocket/socket.ts";
import { PublisherConnection } from "./publisher.ts";
import { MAX_FRAMES_BYTES } from "./stream-routes.ts";

/** What a viewer says is of no use, so little of it is borne: bytes a message, and messages. */
const VIEWER_MESSAGE_BYTES = 4096;
const VIEWER_MESSAGES = { perSecond: 1, burst: 60 };

export interface StreamSocketsOptions {
  readonly streams: MatchStreams;
  readonly viewers: Viewers;
  readonly clock: Clock;
  /** Unsent bytes past which a viewer is closed. */
  readonly viewerBufferBytes: number;
  /** An error nobody meant, from a publisher's message. */
  streamFailed(error: unknown): void;
}

/** The sockets of those who watch and of those who stream. */
export function streamSockets(options: StreamSocketsOptions): readonly SocketRoute[] {
  const { streams } = options;
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
  return [
    {
      path: "/ws/match/:match_id",
      maxMessageBytes: VIEWER_MESSAGE_BYTES,
      maxUnsentBytes: options.viewerBufferBytes,
      async accept(handshake) {
        if ((await knownTo(handshake)) === null) return json(403, { detail: "Match not found" });
        return new ViewerConnection(matchOf(handshake), options);
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
        return new PublisherConnection(matchOf(handshake), streams, options.streamFailed);
      },
    },
  ];
}

class ViewerConnection implements Connection {
  readonly #id: string;
  readonly #viewers: Viewers;
  readonly #budget: MessageBudget;
  #socket: LiveSocket | null = null;
  #watching: Watching | null = null;
  #isClosed = false;

  constructor(id: string, { viewers, clock }: StreamSocketsOptions) {
    this.#id = id;
    this.#viewers = viewers;
    this.#budget = new MessageBudget(clock, VIEWER_MESSAGES);
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
    if (!this.#budget.take()) this.#socket?.close(1008, "viewers only watch");
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
}
