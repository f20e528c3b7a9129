import type { MatchStreams } from "../../core/streams/match-streams.ts";
import type { Watching } from "../../core/streams/audience.ts";
import type { ViewerLine } from "../../core/streams/viewer.ts";
import type { Viewers } from "../../core/streams/viewers.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import { policy } from "../../transport/http/policy.ts";
import { json } from "../../transport/http/route.ts";
import type { Meter } from "../../transport/limits/meter.ts";
import type { Connection, Handshake, LiveSocket, SocketRoute } from "../../transport/websocket/socket.ts";
import { publisherDoc, viewerDoc } from "./stream-event-docs.ts";
import { refuse } from "./errors.ts";
import { PublisherConnection, publisherMessages } from "./publisher.ts";
import { playersIn, publishersAtHandshake } from "./publishing.ts";
import { MAX_FRAMES_BYTES } from "./stream-routes.ts";

/** What a viewer says is of no use, so little of it is borne. One message may hold a token. */
const VIEWER_MESSAGE_BYTES = 16_384;

export interface StreamSocketsOptions {
  readonly streams: MatchStreams;
  readonly viewers: Viewers;
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
  const isThere = async (handshake: Handshake): Promise<boolean> =>
    (await playersIn(streams, matchOf(handshake))) !== null;
  return [
    {
      path: "/ws/match/:match_id",
      doc: viewerDoc,
      policy: policy.signedIn,
      messages: {},
      maxMessageBytes: VIEWER_MESSAGE_BYTES,
      maxUnsentBytes: options.viewerBufferBytes,
      metersLocal: true,
      refuse,
      async accept(handshake) {
        if (!(await isThere(handshake))) return json(403, { detail: "Match not found" }).response();
        return new ViewerConnection(matchOf(handshake), options.viewers, handshake.meter);
      },
    },
    {
      path: "/ws/stream/:match_id",
      doc: publisherDoc,
      policy: publishersAtHandshake(streams),
      messages: publisherMessages,
      maxMessageBytes: MAX_FRAMES_BYTES,
      refuse,
      async accept(handshake) {
        if (!(await isThere(handshake))) return json(403, { detail: "Match not found" }).response();
        return new PublisherConnection(matchOf(handshake), streams, handshake.meter, options.streamFailed);
      },
    },
  ];
}

/** One who watches. It is its own line, since thousands of them get what comes at once. */
class ViewerConnection implements Connection, ViewerLine {
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
      this.#watching = await this.#viewers.watch(this.#id, this);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      socket.close(1013, "try again later");
    }
    if (this.#isClosed) this.#watching?.leave();
  }

  get buffered(): number {
    return this.#socket?.buffered ?? 0;
  }

  send(texts: readonly string[]): void {
    this.#socket?.sendAll(texts);
  }

  join(channel: string): void {
    this.#socket?.join(channel);
  }

  leave(channel: string): void {
    this.#socket?.leave(channel);
  }

  tell(channel: string, texts: readonly string[]): boolean {
    return this.#socket?.tell(channel, texts) ?? true;
  }

  bound(): void {
    this.#socket?.bound();
  }

  end(): void {
    this.#socket?.close(1000, "match ended");
  }

  text(): void {
    if (!this.#meter.take("watch")) this.#socket?.close(1008, "viewers only watch");
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
