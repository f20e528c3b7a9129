import { lasting } from "../chance.ts";
import { Refusal, type Client } from "../client.ts";
import { Dice } from "../game/dice.ts";
import type { Line } from "../line.ts";
import { personName } from "../names.ts";
import { pause } from "../pause.ts";
import { liveOn, openLine, takeAway, type Scene } from "../scene.ts";
import { candidate, description } from "../sdp.ts";
import type { Bearer } from "../tokens.ts";

/** How often a host tells how it is, how long it stays on average, and how long it is away, in ms. */
const [BEAT_MS, STAY_MS, AWAY_MS] = [20_000, 400_000, 60_000];
/** How long a session may be empty before its host ends it, in ms. */
const EMPTY_MS = 15_000;
/** How often a host goes without saying so. */
const DIES = 0.2;

interface Run {
  readonly line: Line;
  readonly guests: Set<string>;
  emptySince: number;
}

/** A player's machine that runs zones for others. */
export class ZoneHost {
  readonly id: string;
  readonly #scene: Scene;
  readonly #dice: Dice;
  readonly #bearer: Bearer;
  readonly #client: Client;
  readonly #sessions = new Map<string, Run>();
  #number: number | null = null;
  #isThere = false;
  #isKnown = false;

  constructor(scene: Scene, number: number) {
    this.#scene = scene;
    this.#dice = new Dice(`${scene.run} zone host ${number}`);
    this.id = `host-${scene.run}-z${number}`;
    this.#bearer = scene.tokens.of({ sub: this.id, scope: "host", host_id: this.id });
    this.#client = scene.client.as(this.#bearer);
  }

  get isThere(): boolean {
    return this.#isThere;
  }

  /** What sessions call it; null until it has registered. */
  get number(): number | null {
    return this.#number;
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  async run(): Promise<void> {
    await liveOn(this.#scene, () => this.#stay());
    // A host that has died would be OFFLINE after a while; at the end nothing is left.
    if (this.#isKnown) await this.#leave();
  }

  /** Begins a session that was opened on it. */
  async begin(session: string): Promise<void> {
    await this.#client.post(`/api/sessions/${session}/activate`);
    const guests = new Set<string>();
    const line: Line = openLine(this.#scene, this.#bearer, {
      path: () => `/api/signaling/ws?session_id=${session}&peer_id=${this.id}`,
      hello: () => Promise.resolve({ type: "join" }),
      heard: (message) => {
        const { type, peer_id: peer } = message as { readonly type: string; readonly peer_id?: string };
        if (peer === undefined) return;
        if (type === "peer-joined") guests.add(peer);
        if (type === "peer-left") guests.delete(peer);
        if (guests.size === 0) run.emptySince = performance.now();
        if (type === "offer") this.#answer(line, peer);
      },
      ended: () => this.#sessions.delete(session),
    });
    const run: Run = { line, guests, emptySince: performance.now() };
    this.#sessions.set(session, run);
  }

  #answer(line: Line, peer: string): void {
    line.send({ type: "answer", to_peer_id: peer, sdp: description(this.#dice) });
    for (let more = 3; more > 0; more--) {
      line.send({ type: "ice-candidate", to_peer_id: peer, ...candidate(this.#dice) });
    }
  }

  async #stay(): Promise<void> {
    const { signal } = this.#scene;
    const until = performance.now() + lasting(this.#dice, STAY_MS);
    await this.#register();
    try {
      let beatAt = 0;
      while (!signal.aborted && performance.now() < until) {
        if (performance.now() - beatAt >= BEAT_MS) {
          beatAt = performance.now();
          await this.#beat();
        }
        await this.#endEmpty();
        await pause(BEAT_MS / 10, signal);
      }
    } finally {
      this.#isThere = false;
    }
    if (!signal.aborted && this.#dice.happens(DIES)) {
      for (const { line } of this.#sessions.values()) line.breakOff();
      this.#sessions.clear();
    } else await this.#leave();
    await pause(lasting(this.#dice, AWAY_MS), signal);
  }

  async #leave(): Promise<void> {
    this.#isKnown = false;
    for (const { line } of this.#sessions.values()) line.close();
    this.#sessions.clear();
    // Ends its sessions, too.
    await takeAway(this.#scene, () => this.#client.delete(`/api/hosts/${this.id}`));
  }

  async #register(): Promise<void> {
    const { first, last } = personName(this.#dice);
    const fast = this.#dice.happens(0.4);
    this.#isKnown = true;
    const made = await this.#client.post<{ readonly id: number }>("/api/hosts", {
      host_id: this.id,
      player_id: `player-${this.id}`,
      player_name: `${first} ${last}`,
      ip_address: "192.0.2.10",
      port: 7777,
      public_ip: `198.51.100.${this.#dice.between(1, 254)}`,
      cpu_cores: fast ? 16 : 8,
      cpu_frequency_mhz: this.#dice.between(30, 48) * 100,
      memory_mb: fast ? 32_768 : 16_384,
      network_speed_mbps: fast ? 1_000 : 300,
      max_players: 64,
      max_zones: 5,
    });
    this.#number = made.id;
    this.#isThere = true;
  }

  async #beat(): Promise<void> {
    const players = [...this.#sessions.values()].reduce((sum, { guests }) => sum + guests.size, 0);
    const latency = lasting(this.#dice, 28);
    const loss = this.#dice.next() * 0.4;
    await this.#client.post(`/api/hosts/${this.id}/heartbeat`, {
      latency_ms: latency,
      packet_loss_percent: loss,
      bandwidth_usage_mbps: 2 + players * 1.5,
      current_players: players,
    });
    for (const session of this.#sessions.keys()) {
      const measured = {
        average_latency_ms: latency + 8,
        average_packet_loss_percent: loss,
        quality_score: 95 - loss * 10,
      };
      await this.#inSession(session, () => this.#client.patch(`/api/sessions/${session}/metrics`, measured));
    }
  }

  async #endEmpty(): Promise<void> {
    for (const [session, { line, guests, emptySince }] of this.#sessions) {
      if (guests.size > 0 || performance.now() - emptySince < EMPTY_MS) continue;
      line.close();
      this.#sessions.delete(session);
      await this.#inSession(session, () => this.#client.post(`/api/sessions/${session}/end`));
    }
  }

  /** A session may have been ended by others. */
  async #inSession(session: string, request: () => Promise<unknown>): Promise<void> {
    try {
      await request();
    } catch (error) {
      if (!(error instanceof Refusal) || ![400, 404, 409].includes(error.status)) throw error;
      this.#sessions.get(session)?.line.close();
      this.#sessions.delete(session);
    }
  }
}
