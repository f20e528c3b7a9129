import { Emitter } from "./emitter.ts";
import { NotFound } from "./errors.ts";
import { Http, type CallOptions, type ClientOptions } from "./http.ts";
import type { Answer, Body } from "./types.ts";

/** What a beat comes after, as part of the time a host may be silent. */
const BEAT_AT = 2 / 3;
const UNANSWERED_BEAT_MS = 5_000;

/**
 * The pool of hosts: hosts beat, players find one that is free.
 *
 * @example
 * import { HostPool } from "rendezvous-client";
 *
 * const pool = new HostPool({ url: "http://127.0.0.1:8080" });
 * const host = pool.keep({ hostId: crypto.randomUUID(), roomId: crypto.randomUUID(), region: "example" });
 * host.on("beat", (alive) => console.log(alive ? "in the pool" : "the server does not answer"));
 * await host.ready;
 *
 * const found = await pool.find({ region: "example" });
 * if (found === null) console.log("no host is free");
 * else console.log("meet it in room", found.roomId, "at", found.signalingUrl);
 *
 * await pool.setStatus({ hostId: host.hostId, status: "idle" });
 * await host.beat();
 * await host.leave();
 *
 * // The same by hand.
 * const { ttl } = await pool.heartbeat({ hostId: host.hostId, roomId: crypto.randomUUID() });
 * console.log("beat again within", ttl, "seconds");
 * await pool.remove(host.hostId);
 */
export class HostPool {
  readonly #http: Http;

  constructor(options?: ClientOptions) {
    this.#http = new Http(options);
  }

  /** One beat of a host. `ttl`: seconds until the host is forgotten unless it beats again. */
  heartbeat(host: Body<"hostHeartbeat">, call?: CallOptions): Promise<Answer<"hostHeartbeat">> {
    return this.#http.json("POST", "/api/host/heartbeat", { body: host, ...call });
  }

  /** Keeps a host in the pool: beats now and again and again, until it leaves. */
  keep(host: Body<"hostHeartbeat">): PooledHost {
    return new PooledHost(this, host);
  }

  /** Marks a host as busy or idle. Throws `NotFound` if the pool has forgotten it. */
  async setStatus(status: Body<"setHostStatus">, call?: CallOptions): Promise<void> {
    await this.#http.text("POST", "/api/host/status", { body: status, ...call });
  }

  /** A free host, kept for the caller for a while; null: there is none. */
  async find(where: Body<"findHost"> = {}, call?: CallOptions): Promise<Answer<"findHost"> | null> {
    try {
      return await this.#http.json("POST", "/api/match/find", { body: where, ...call });
    } catch (error) {
      if (error instanceof NotFound) return null;
      throw error;
    }
  }

  /** Takes a host out of the pool at once. The request outlives the page that makes it. */
  async remove(hostId: string): Promise<void> {
    await this.#http.text("DELETE", `/api/host/${encodeURIComponent(hostId)}`, { keepalive: true });
  }
}

/** What a host in the pool tells. */
export interface PooledHostEvents {
  /** A beat was answered, or not. */
  beat: boolean;
}

/** A host that beats by itself; `HostPool.keep` makes it. */
export class PooledHost extends Emitter<PooledHostEvents> {
  readonly hostId: string;
  /** Resolves when the first beat was answered. Never rejects: it is tried again and again. */
  readonly ready: Promise<void>;
  readonly #pool: HostPool;
  readonly #host: Body<"hostHeartbeat">;
  readonly #leaving = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @internal */
  constructor(pool: HostPool, host: Body<"hostHeartbeat">) {
    super();
    this.#pool = pool;
    this.#host = host;
    this.hostId = host.hostId;
    this.ready = new Promise((ready) => this.on("beat", (alive) => void (alive && ready())));
    void this.beat();
  }

  /** Beats at once: for pages that come back to the front, whose timers were slow. */
  async beat(): Promise<void> {
    const { signal } = this.#leaving;
    if (signal.aborted) return;
    clearTimeout(this.#timer);
    const ttl = await this.#pool.heartbeat(this.#host, { signal }).then(
      (answer) => answer.ttl,
      () => null,
    );
    if (signal.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.beat(), ttl === null ? UNANSWERED_BEAT_MS : ttl * 1000 * BEAT_AT);
    this.emit("beat", ttl !== null);
  }

  /** Leaves the pool at once; where the server does not answer, it finds out by itself. */
  async leave(): Promise<void> {
    // A beat under way, or about to be repeated, would bring the host back.
    this.#leaving.abort();
    clearTimeout(this.#timer);
    await this.#pool.remove(this.hostId).catch(() => undefined);
  }
}
