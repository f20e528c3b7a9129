import { Refusal, type Client } from "./client.ts";
import { indexOf, type FightEvent } from "./game/fight.ts";
import type { GameFrame, Port } from "./game/game.ts";
import type { Seen } from "./game/fighter.ts";
import { pause } from "./pause.ts";

/** Frames that go in one request. */
const BATCH = 4;
/** Requests with frames that may wait for a slow arena; past it, the oldest are left out. */
const WAITING = 8;
/** A message that must arrive is tried this often, so many ms apart. */
const [TRIES, AGAIN_MS] = [5, 1_000];

export interface Publication {
  readonly port: Port;
  readonly connectCode: string;
  readonly name: string;
}

/** How it goes. */
export interface PublisherFigures {
  framesSent: number;
  framesLeftOut: number;
}

type Post = { readonly path: string; readonly body: unknown; readonly frames: number };

/** Streams a match to the arena: in order, one request at a time, in batches. */
export class Publisher {
  readonly #client: Client;
  readonly #base: string;
  readonly #players: readonly unknown[];
  readonly #figures: PublisherFigures;
  readonly #waiting: Post[] = [];
  #batch: unknown[] = [];
  #start: Post | null = null;
  #working: Promise<void> | null = null;

  constructor(client: Client, matchId: string, players: readonly Publication[], figures: PublisherFigures) {
    this.#client = client;
    this.#base = `/matches/${matchId}/stream`;
    this.#players = players.map(({ port, connectCode, name }) => ({
      port,
      character_id: port === 1 ? 2 : 20,
      connect_code: connectCode,
      display_name: name,
    }));
    this.#figures = figures;
  }

  /** Takes what happens; it is sent in the background. */
  publish(event: FightEvent): void {
    switch (event.kind) {
      case "start":
        this.#start = { path: "/start", body: { stage_id: event.stageId, players: this.#players }, frames: 0 };
        return this.#enqueue(this.#start);
      case "frame":
        this.#batch.push(frameBody(event));
        if (this.#batch.length >= BATCH) this.#flush();
        return;
      case "end":
        this.#flush();
        return this.#enqueue({
          path: "/game_end",
          body: { game_number: event.game, winner_port: event.winner, end_method: event.method },
          frames: 0,
        });
    }
  }

  /** Says that the match is over; resolves when everything was sent or given up. */
  async end(winner: Port | null, score: readonly [number, number]): Promise<void> {
    this.#flush();
    this.#enqueue({ path: "/end", body: { winner_port: winner, final_score: score }, frames: 0 });
    while (this.#working !== null) await this.#working;
  }

  #flush(): void {
    if (this.#batch.length === 0) return;
    const frames = this.#batch;
    this.#batch = [];
    this.#enqueue({ path: "/frames", body: { frames }, frames: frames.length });
  }

  #enqueue(post: Post): void {
    this.#waiting.push(post);
    if (this.#waiting.filter(({ frames }) => frames > 0).length > WAITING) {
      const [oldest] = this.#waiting.splice(
        this.#waiting.findIndex(({ frames }) => frames > 0),
        1,
      );
      this.#figures.framesLeftOut += oldest!.frames;
    }
    this.#working ??= this.#work().finally(() => (this.#working = null));
  }

  async #work(): Promise<void> {
    for (let post = this.#waiting.shift(); post !== undefined; post = this.#waiting.shift()) {
      if (await this.#send(post)) this.#figures.framesSent += post.frames;
      else this.#figures.framesLeftOut += post.frames;
    }
  }

  async #send(post: Post): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      try {
        await this.#client.post(this.#base + post.path, post.body);
        return true;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        if (post.frames > 0) return this.#startAgain(error);
        if (!error.isTransient || tries === TRIES) return false;
        await pause(AGAIN_MS);
      }
    }
  }

  /** An arena that was started anew may not know the stream any more. */
  async #startAgain({ isTransient }: Refusal): Promise<false> {
    if (isTransient) await pause(AGAIN_MS);
    if (this.#start !== null)
      await this.#client.post(this.#base + this.#start.path, this.#start.body).catch(() => null);
    return false;
  }
}

function frameBody({ frame, fighters }: GameFrame): unknown {
  return { frame, players: ([1, 2] as const).map((port) => playerBody(port, fighters[indexOf(port)])) };
}

function playerBody(port: Port, seen: Seen): unknown {
  return {
    port,
    x: hundredths(seen.x),
    y: hundredths(seen.y),
    action_state_id: seen.actionStateId,
    action_frame: seen.actionFrame,
    facing_direction: seen.facing,
    percent: seen.percent,
    stocks: seen.stocks,
    shield_health: hundredths(seen.shield),
    is_invincible: seen.isInvincible,
    is_in_hitstun: seen.isInHitstun,
  };
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
