import { lasting } from "../chance.ts";
import type { Client } from "../client.ts";
import { Dice } from "../game/dice.ts";
import type { Line } from "../line.ts";
import { machines, regionOf } from "../names.ts";
import { pause } from "../pause.ts";
import { liveOn, openLine, takeAway, type Scene } from "../scene.ts";
import { candidate, description } from "../sdp.ts";
import type { Bearer } from "../tokens.ts";

/** How often a host says that it is there, how long it stays on average, and how long it is away, in ms. */
const [BEAT_MS, STAY_MS, AWAY_MS] = [10_000, 300_000, 40_000];
/** How often a host goes without saying so. */
const DIES = 0.2;

/** A gaming PC that comes, waits in its room for players, and goes. */
export class PoolHost {
  readonly region: string;
  readonly #scene: Scene;
  readonly #dice: Dice;
  readonly #id: string;
  readonly #bearer: Bearer;
  readonly #client: Client;
  readonly #machine: string;
  readonly #hasRooms: boolean;
  #room = "";
  #line: Line | null = null;
  #isThere = false;
  /** The server may know of it. */
  #isKnown = false;
  #guests = 0;

  constructor(scene: Scene, number: number, hasRooms: boolean) {
    this.#scene = scene;
    this.#dice = new Dice(`${scene.run} host ${number}`);
    this.#id = `host-${scene.run}-${number}`;
    this.#bearer = scene.tokens.of({ sub: this.#id, scope: "host", host_id: this.#id });
    this.#client = scene.client.as(this.#bearer);
    this.#machine = this.#dice.pick(machines);
    this.#hasRooms = hasRooms;
    this.region = regionOf(this.#dice);
  }

  get state(): "away" | "idle" | "busy" {
    return !this.#isThere ? "away" : this.#guests > 0 ? "busy" : "idle";
  }

  /** The room it waits in now. */
  get room(): string {
    return this.#room;
  }

  async run(): Promise<void> {
    await liveOn(this.#scene, () => this.#stay());
    // One that has died is found by its lease; at the end nothing is left for it to find.
    if (this.#isKnown) await this.#leave();
  }

  /** Where there are no rooms, guests knock here. */
  async busy(isBusy: boolean): Promise<void> {
    this.#guests = isBusy ? 1 : 0;
    await this.#client.post("/api/host/status", { hostId: this.#id, status: isBusy ? "busy" : "idle" });
  }

  async #stay(): Promise<void> {
    const { signal } = this.#scene;
    const until = performance.now() + lasting(this.#dice, STAY_MS);
    this.#room = `room-${crypto.randomUUID()}`;
    let dies = false;
    try {
      await this.#beat();
      this.#isThere = true;
      if (this.#hasRooms) this.#line = this.#sit();
      // Whoever has a guest stays until the guest has gone.
      while (!signal.aborted && (performance.now() < until || this.#guests > 0)) {
        await pause(BEAT_MS, signal);
        if (!signal.aborted) await this.#beat();
      }
      dies = !signal.aborted && this.#dice.happens(DIES);
    } finally {
      this.#isThere = false;
      this.#guests = 0;
      if (dies) this.#line?.breakOff();
      else this.#line?.close();
      this.#line = null;
    }
    if (!dies) await this.#leave();
    await pause(lasting(this.#dice, AWAY_MS), signal);
  }

  async #leave(): Promise<void> {
    this.#isKnown = false;
    await takeAway(this.#scene, () => this.#client.delete(`/api/host/${this.#id}`));
  }

  async #beat(): Promise<void> {
    this.#isKnown = true;
    await this.#client.post("/api/host/heartbeat", {
      hostId: this.#id,
      roomId: this.#room,
      region: this.region,
      gameInfo: { name: "Desktop Session", specs: this.#machine },
      ...(this.#isThere ? {} : { status: "idle" }),
    });
  }

  /** Waits in the room, and offers a connection to whoever comes. */
  #sit(): Line {
    const line: Line = openLine(this.#scene, this.#bearer, {
      path: () => `/signaling?roomId=${encodeURIComponent(this.#room)}`,
      heard: (message) => {
        const { type, peers } = message as { readonly type: string; readonly peers?: readonly string[] };
        if (type === "welcome") this.#guests = peers?.length ?? 0;
        if (type === "peer-left") this.#guests = Math.max(0, this.#guests - 1);
        if (type !== "peer-joined") return;
        this.#guests++;
        line.send({ type: "offer", sdp: description(this.#dice) });
        for (let more = 3; more > 0; more--) {
          line.send({ type: "ice-candidate", candidate: candidate(this.#dice) });
        }
      },
    });
    return line;
  }
}
