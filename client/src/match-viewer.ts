import { Emitter } from "./emitter.ts";
import { Forbidden, NotFound, type RendezvousError, Unauthorized } from "./errors.ts";
import type { Http } from "./http.ts";
import { Line } from "./line.ts";
import type { Heard } from "./types.ts";

/** The server pings every 30 s. */
const SILENCE_MS = 75_000;

/** What viewers of a match see. */
export type MatchMessage = Exclude<Heard<"watchMatch">, { readonly type: "ping" }>;

/** What a viewer tells. */
export interface MatchViewerEvents {
  message: MatchMessage;
  connected: undefined;
  /** The connection broke; it comes back by itself. */
  lost: undefined;
  /** There is nothing more to see; null: the match is over, or it was closed here. */
  closed: RendezvousError | null;
}

/**
 * A match, live; `Arena.watch` opens it. When the connection was lost it goes on with the newest frame: no frame comes
 * twice, and no end of a game.
 *
 * @example
 * import { Arena } from "rendezvous-client";
 *
 * const arena = new Arena({ url: "http://127.0.0.1:8080" });
 * const viewer = arena.watch("no-such-match");
 * viewer.on("connected", () => console.log("watching"));
 * viewer.on("message", (message) => {
 *   if (message.type === "frame") console.log(message.frame, message.players.length);
 *   else if (message.type === "match_end") viewer.close();
 * });
 * viewer.on("closed", (error) => console.log(error?.message ?? "over"));
 * await viewer.closed;
 */
export class MatchViewer extends Emitter<MatchViewerEvents> {
  /** Resolves when there is nothing more to see. */
  readonly closed: Promise<void>;
  readonly #line: Line;
  #frame = -Infinity;
  #games = 0;

  /** @internal */
  constructor(http: Http, matchId: string) {
    super();
    const id = encodeURIComponent(matchId);
    this.closed = new Promise((closed) => this.on("closed", () => closed()));
    this.#line = new Line(
      http,
      {
        address: () => http.address(`/ws/match/${id}`),
        opened: () => this.emit("connected", undefined),
        heard: (message) => this.#hear(message as Heard<"watchMatch">),
        lost: () => this.emit("lost", undefined),
        // A handshake that was refused does not say why; the match does.
        final: (_, wasOpen) => (wasOpen ? undefined : whyRefused(http, `/matches/${id}`)),
        ended: (error) => this.emit("closed", error),
      },
      { silenceMs: SILENCE_MS },
    );
  }

  /** Stops watching. */
  close(): void {
    this.#line.close();
  }

  #hear(message: Heard<"watchMatch">): void {
    this.#line.settled();
    switch (message.type) {
      case "ping":
        return;
      case "frame":
        if (message.frame <= this.#frame) return;
        this.#frame = message.frame;
        break;
      case "game_end":
        if (message.gameNumber <= this.#games) return;
        this.#games = message.gameNumber;
        // Frames begin anew in every game.
        this.#frame = -Infinity;
        break;
      case "match_end":
      case "match_start":
        break;
    }
    this.emit("message", message);
    if (message.type === "match_end") this.#line.close();
  }
}

async function whyRefused(http: Http, path: string): Promise<RendezvousError | null> {
  try {
    await http.text("GET", path);
  } catch (error) {
    if (error instanceof NotFound || error instanceof Unauthorized || error instanceof Forbidden) return error;
  }
  return null;
}
