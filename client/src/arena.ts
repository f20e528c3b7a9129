import { eventsOf } from "./event-stream.ts";
import { NotFound, PeerFailed, RendezvousError } from "./errors.ts";
import { Http, type CallOptions, type ClientOptions } from "./http.ts";
import { MatchPublisher, type StreamStart } from "./match-publisher.ts";
import { MatchViewer } from "./match-viewer.ts";
import { backoff, pause } from "./time.ts";
import type { Answer, Body, Query } from "./types.ts";

const id = encodeURIComponent;

/** A wager, whose amount is exact. */
export type Wager = Omit<Answer<"getWager">, "wager_amount"> & { readonly wager_amount: bigint | null };

/**
 * Fighters meet, report, sign, wager and are rated; others watch.
 *
 * @example
 * import { Arena } from "rendezvous-client";
 *
 * const arena = new Arena({ url: "http://127.0.0.1:8080" });
 * const [ann, bob] = await Promise.all([
 *   arena.play({ connect_code: `ANN#${Date.now()}`, fighter_name: "ann" }),
 *   arena.play({ connect_code: `BOB#${Date.now()}`, fighter_name: "bob" }),
 * ]);
 * const matchId = ann.match_id!;
 * await arena.proposeWager(matchId, { queue_id: ann.queue_id, amount_wei: 10n ** 18n, wager_id: 7 });
 * await arena.declineWager(matchId, bob.queue_id);
 * await arena.proposeWager(matchId, { queue_id: bob.queue_id, amount_wei: 5n * 10n ** 17n, wager_id: 8 });
 * await arena.acceptWager(matchId, ann.queue_id);
 * console.log((await arena.wager(matchId)).wager_amount);
 *
 * await arena.report(matchId, { queue_id: ann.queue_id, outcome: "won", stocks_remaining: 2, opponent_stocks: 0 });
 * await arena.report(matchId, { queue_id: bob.queue_id, outcome: "lost", stocks_remaining: 0, opponent_stocks: 2 });
 * console.log((await arena.match(matchId)).status, (await arena.signatures(matchId)).signatures_received);
 * // What both wallets sign, once both are known: `arena.typedData(matchId)`, then `arena.sign(matchId, signature)`.
 * await arena.typedData(matchId).catch((error: Error) => console.log(error.message));
 * await arena.sign(matchId, { address: "0x00", signature: "0x00" }).catch((error: Error) => console.log(error.message));
 *
 * console.log((await arena.leaderboard({ limit: 3 })).agents, await arena.viewers(matchId));
 * await arena.rating(4711).catch((error: Error) => console.log(error.message));
 *
 * // The same step by step: join, look or wait, perhaps leave.
 * const { queue_id } = await arena.join({ connect_code: `CAT#${Date.now()}` });
 * console.log((await arena.poll(queue_id)).status, await arena.leave(queue_id));
 * console.log((await arena.wait(queue_id)).status);
 */
export class Arena {
  readonly #http: Http;

  constructor(options?: ClientOptions) {
    this.#http = new Http(options);
  }

  /** Joins the queue, and whoever waits there. */
  join(fighter: Body<"joinQueue">, call?: CallOptions): Promise<Answer<"joinQueue">> {
    return this.#http.json("POST", "/queue/join", { body: fighter, ...call });
  }

  /** How an entry of the queue stands. */
  poll(queueId: string, call?: CallOptions): Promise<Answer<"pollQueue">> {
    return this.#http.json("GET", `/queue/${id(queueId)}`, call);
  }

  /** Leaves the queue. False: nothing waited there. */
  async leave(queueId: string, call?: CallOptions): Promise<boolean> {
    return (await this.#http.json<Answer<"leaveQueue">>("DELETE", `/queue/${id(queueId)}`, call)).success;
  }

  /** Waits until an entry no longer does: matched, expired or cancelled. By events, without polling. */
  async wait(queueId: string, call: CallOptions = {}): Promise<Answer<"pollQueue">> {
    for (let attempt = 0; ; attempt++) {
      const entry = await this.poll(queueId, call);
      if (entry.status !== "waiting") return entry;
      try {
        const events = eventsOf<Answer<"pollQueue">>(this.#http, `/queue/${id(queueId)}/events`, call.signal);
        for await (const entry of events) if (entry.status !== "waiting") return entry;
      } catch (error) {
        // A stream that broke is no answer: the entry still waits.
        if (error instanceof RendezvousError) throw error;
      }
      await pause(backoff(attempt), call.signal);
    }
  }

  /** Joins and waits for an opponent. Throws `PeerFailed` if none came; aborting it leaves the queue. */
  async play(fighter: Body<"joinQueue">, call: CallOptions = {}): Promise<Answer<"pollQueue">> {
    const joined = await this.join(fighter, call);
    if (joined.status === "matched") return joined;
    try {
      const entry = await this.wait(joined.queue_id, call);
      if (entry.status === "matched") return entry;
      throw new PeerFailed(`The entry is ${entry.status}.`);
    } catch (error) {
      if (call.signal?.aborted === true) await this.leave(joined.queue_id).catch(() => undefined);
      throw error;
    }
  }

  /** A match. */
  match(matchId: string, call?: CallOptions): Promise<Answer<"getMatch">> {
    return this.#http.json("GET", `/matches/${id(matchId)}`, call);
  }

  /** Matches that are streamed right now. */
  async liveMatches(call?: CallOptions): Promise<readonly string[]> {
    const health = await this.#http.json<{ readonly live_match_ids?: readonly string[] }>("GET", "/health", call);
    return health.live_match_ids ?? [];
  }

  /** Reports how a match ended for one side. The same report again does no harm. */
  async report(matchId: string, report: Body<"reportResult">, call?: CallOptions): Promise<void> {
    await this.#http.text("POST", `/matches/${id(matchId)}/result`, { body: report, ...call });
  }

  /** What both wallets sign (EIP-712). */
  typedData(matchId: string, call?: CallOptions): Promise<Answer<"getTypedData">> {
    return this.#http.json("GET", `/matches/${id(matchId)}/typed-data`, call);
  }

  /** Hands in a signature under the result. */
  sign(matchId: string, body: Body<"submitSignature">, call?: CallOptions): Promise<Answer<"submitSignature">> {
    return this.#http.json("POST", `/matches/${id(matchId)}/signature`, { body, ...call });
  }

  /** The signatures under the result. */
  signatures(matchId: string, call?: CallOptions): Promise<Answer<"getSignatures">> {
    return this.#http.json("GET", `/matches/${id(matchId)}/signatures`, call);
  }

  /** Proposes a wager. */
  proposeWager(
    matchId: string,
    body: Omit<Body<"proposeWager">, "amount_wei"> & { readonly amount_wei: bigint | number },
    call?: CallOptions,
  ): Promise<Wager> {
    return this.#wager("POST", matchId, "/propose", body, call);
  }

  /** Accepts the opponent's wager. */
  acceptWager(matchId: string, queueId: string, call?: CallOptions): Promise<Wager> {
    return this.#wager("POST", matchId, "/accept", { queue_id: queueId }, call);
  }

  /** Declines or withdraws a wager. */
  declineWager(matchId: string, queueId: string, call?: CallOptions): Promise<Wager> {
    return this.#wager("POST", matchId, "/decline", { queue_id: queueId }, call);
  }

  /** How a wager stands. */
  wager(matchId: string, call?: CallOptions): Promise<Wager> {
    return this.#wager("GET", matchId, "", undefined, call);
  }

  /** The agents that were rated here, best first. */
  leaderboard(query?: Query<"getLeaderboard">, call?: CallOptions): Promise<Answer<"getLeaderboard">> {
    return this.#http.json("GET", "/leaderboard", { query, ...call });
  }

  /** An agent's rating and how it came about. */
  rating(agentId: number, query?: Query<"getAgentRating">, call?: CallOptions): Promise<Answer<"getAgentRating">> {
    return this.#http.json("GET", `/agents/${agentId}/rating`, { query, ...call });
  }

  /** How many watch a match. */
  async viewers(matchId: string, call?: CallOptions): Promise<number> {
    return (await this.#http.json<Answer<"countViewers">>("GET", `/matches/${id(matchId)}/viewers`, call)).viewers;
  }

  /** Watches a match live, until it is over or closed. */
  watch(matchId: string): MatchViewer {
    return new MatchViewer(this.#http, matchId);
  }

  /** Streams a match that is played here. */
  publish(matchId: string, start: StreamStart): MatchPublisher {
    return new MatchPublisher(this.#http, matchId, start);
  }

  /** What was streamed of a match; null: nothing was kept. */
  async replay(matchId: string, query?: Query<"getReplay">, call?: CallOptions): Promise<Answer<"getReplay"> | null> {
    try {
      return await this.#http.json("GET", `/matches/${id(matchId)}/replay`, { query, ...call });
    } catch (error) {
      if (error instanceof NotFound) return null;
      throw error;
    }
  }

  /** JSON's numbers cannot hold what a wager may be, so that the amount is read as text. */
  async #wager(method: string, matchId: string, step: string, body: unknown, call?: CallOptions): Promise<Wager> {
    const how = { once: true, ...call, ...(body === undefined ? {} : { body }) };
    const text = await this.#http.text(method, `/matches/${id(matchId)}/wager${step}`, how);
    const wager = JSON.parse(text.replace(/("wager_amount":\s*)(\d+)/, '$1"$2"')) as Wager;
    return { ...wager, wager_amount: wager.wager_amount === null ? null : BigInt(wager.wager_amount) };
  }
}
