import { Emitter } from "./emitter.ts";
import { Forbidden, NotFound, RendezvousError, Unauthorized } from "./errors.ts";
import type { Http } from "./http.ts";
import { Line } from "./line.ts";
import type { Body } from "./types.ts";
import type { Channels } from "./wire.ts";

type Sent = Channels["streamMatch"]["send"];
/** What a stream begins with. */
export type StreamStart = Body<"startStream">;
/** One frame of a match. */
export type StreamFrame = Body<"streamFrame">;

/** Frames that are sent again after a loss, because nobody knows which of them arrived: ten seconds. */
const KEPT_FRAMES = 600;
/** How many frames go into one message: of four players with all there is to say, half of what a message may weigh. */
const BATCH = 60;

/** What a publisher tells. */
export interface MatchPublisherEvents {
  /** Connected, and up to date. */
  connected: undefined;
  /** The server did not take a message, and says why. */
  refused: string;
  /** The connection broke; it comes back by itself. */
  lost: undefined;
  /** There is no way back; null: ended here. */
  closed: RendezvousError | null;
}

/**
 * Streams a match; `Arena.publish` opens it. What a lost connection swallowed is sent again, and the server takes each
 * frame once by its number.
 *
 * @example
 * import { Arena } from "rendezvous-client";
 *
 * const arena = new Arena({ url: "http://127.0.0.1:8080" });
 * const [{ match_id }] = await Promise.all([
 *   arena.play({ connect_code: `ANN#${Math.random()}` }),
 *   arena.play({ connect_code: `BOB#${Math.random()}` }),
 * ]);
 * const publisher = arena.publish(match_id!, { stage_id: 2, players: [{ port: 1 }, { port: 2 }] });
 * await publisher.ready;
 *
 * const viewer = arena.watch(match_id!);
 * viewer.on("connected", () => {
 *   for (let frame = -123; frame < -100; frame++) publisher.frame({ frame, players: [{ port: 1, stocks: 4 }] });
 *   publisher.endGame({ game_number: 1, winner_port: 1, end_method: "stocks" });
 *   publisher.end({ winner_port: 1, final_score: [1, 0] });
 * });
 * viewer.on("message", ({ type }) => console.log(type));
 * await viewer.closed;
 * console.log((await arena.replay(match_id!))?.games.length, await arena.liveMatches());
 */
export class MatchPublisher extends Emitter<MatchPublisherEvents> {
  /** Resolves when the stream has begun. Rejects if the match cannot be streamed. */
  readonly ready: Promise<void>;
  readonly #line: Line;
  readonly #start: StreamStart;
  /** The last end of a game that was sent: again, it does no harm. */
  #gameEnd: Sent["game_end"] | null = null;
  /** Behind it: frames that may not have arrived, and ends of games that were not sent. */
  #waiting: (StreamFrame | Sent["game_end"])[] = [];
  #end: Sent["end"] | null = null;

  /** @internal */
  constructor(http: Http, matchId: string, start: StreamStart) {
    super();
    const id = encodeURIComponent(matchId);
    this.#start = start;
    this.#line = new Line(http, {
      address: () => http.address(`/ws/stream/${id}`),
      opened: () => this.#begin(),
      heard: (message) => {
        const { detail } = message as Channels["streamMatch"]["hear"]["error"];
        this.emit("refused", typeof detail === "string" ? detail : JSON.stringify(detail));
      },
      lost: () => this.emit("lost", undefined),
      final: async (_, wasOpen) => {
        if (wasOpen) return undefined;
        // A handshake that was refused does not say why; the same over HTTP does.
        const empty = { body: { frames: [] } };
        const why = await http.text("POST", `/matches/${id}/stream/frames`, empty).catch((error: unknown) => error);
        return why instanceof NotFound || why instanceof Unauthorized || why instanceof Forbidden ? why : undefined;
      },
      ended: (error) => this.emit("closed", error),
    });
    this.ready = new Promise((ready, failed) => {
      this.on("connected", () => ready());
      this.on("closed", (error) => failed(error ?? new RendezvousError("closed")));
    });
    this.ready.catch(() => undefined);
  }

  /** Sends a frame. Without a connection the last ten seconds wait. */
  frame(frame: StreamFrame): void {
    this.#waiting.push(frame);
    if (this.#waiting.length > KEPT_FRAMES) this.#waiting.splice(this.#waiting.findIndex(isFrame), 1);
    this.#line.send({ type: "frame", ...frame });
  }

  /** Ends a game; the next frame is of the next one. */
  endGame(end: Body<"endStreamedGame">): void {
    const message = { type: "game_end", ...end } as const;
    this.#waiting.push(message);
    this.#sendEnd(message);
  }

  /** Ends the stream, once that has been sent. */
  end(end: Body<"endStream"> = {}): void {
    this.#end = { type: "end", ...end };
    if (this.#line.send(this.#end)) this.#line.close();
  }

  /** Leaves without ending the stream: the other player may go on with it. */
  close(): void {
    this.#line.close();
  }

  #begin(): void {
    this.#line.send({ type: "start", ...this.#start });
    if (this.#gameEnd !== null) this.#line.send(this.#gameEnd);
    const frames: StreamFrame[] = [];
    const flush = (): void => {
      while (frames.length > 0) this.#line.send({ type: "frames", frames: frames.splice(0, BATCH) });
    };
    for (const message of [...this.#waiting]) {
      if (isFrame(message)) frames.push(message);
      else {
        flush();
        this.#sendEnd(message);
      }
    }
    flush();
    this.emit("connected", undefined);
    if (this.#end !== null) this.end(this.#end);
  }

  /** What was before an end of a game cannot be sent behind it: it would be taken for the next game's. */
  #sendEnd(end: Sent["game_end"]): void {
    if (!this.#line.send(end)) return;
    this.#gameEnd = end;
    this.#waiting = this.#waiting.slice(this.#waiting.indexOf(end) + 1);
  }
}

function isFrame(message: StreamFrame | Sent["game_end"]): message is StreamFrame {
  return "frame" in message;
}
