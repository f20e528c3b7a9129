import { privateKeyToAccount, generatePrivateKey, type PrivateKeyAccount } from "viem/accounts";
import { Refusal, type Client } from "./client.ts";
import { fight, indexOf, type FightRules } from "./game/fight.ts";
import type { Port } from "./game/game.ts";
import { insist } from "./insist.ts";
import { Pace } from "./pace.ts";
import { pause } from "./pause.ts";
import { Publisher, type PublisherFigures } from "./publisher.ts";

const POLL_MS = 1_000;
/** How long the other side may take for what it has to do, in ms. */
const OTHER_SIDE_MS = 60_000;

export interface AgentOptions {
  readonly client: Client;
  readonly name: string;
  readonly connectCode: string;
  readonly agentId: number;
  readonly rules: FightRules;
  /** Frames a second. */
  readonly fps: number;
  /** What it proposes to bet; null: nothing. */
  readonly wager: { readonly id: bigint; readonly amountWei: bigint } | null;
  readonly signal: AbortSignal;
  readonly figures: PublisherFigures;
  /** Told as it goes on. */
  readonly heard: (stage: AgentStage, matchId: string | null) => void;
}

export type AgentStage = "waiting" | "playing" | "signing" | "done" | "left";

/** How it went, as this side knows it. */
export interface AgentResult {
  readonly matchId: string;
  readonly port: Port;
  /** Null: it was broken off. */
  readonly winner: Port | null;
  /** Of port 1 and port 2. */
  readonly score: readonly [number, number];
  /** The arena has both signatures. */
  readonly isSigned: boolean;
  readonly wager: string | null;
}

interface Place {
  readonly queue_id: string;
  readonly status: string;
  readonly match_id: string | null;
  readonly opponent_code: string | null;
}

interface Match {
  readonly status: string;
  readonly p1_connect_code: string;
  readonly p2_connect_code: string;
  readonly winner_wallet: string | null;
  readonly wager_status: string | null;
}

interface Seat {
  readonly matchId: string;
  readonly queueId: string;
  readonly port: Port;
  readonly codes: readonly [string, string];
}

type TypedData = Parameters<PrivateKeyAccount["signTypedData"]>[0];

/** One player of the arena: joins, plays one match, reports and signs. */
export class Agent {
  readonly #options: AgentOptions;
  readonly #account: PrivateKeyAccount = privateKeyToAccount(generatePrivateKey());

  constructor(options: AgentOptions) {
    this.#options = options;
  }

  /**
   * Null if it was told to leave before it met anybody.
   *
   * @throws {Refusal} the arena does not play along
   */
  async run(): Promise<AgentResult | null> {
    const { heard } = this.#options;
    const seat = await this.#meet();
    if (seat === null) {
      heard("left", null);
      return null;
    }
    heard("playing", seat.matchId);
    await this.#bet(seat);
    const { winner, score, ...played } = await this.#play(seat);
    await this.#report(seat, winner, played);
    heard("signing", seat.matchId);
    const isSigned = winner !== null && (await this.#sign(seat));
    const { wager_status: wager } = await this.#match(seat.matchId);
    heard("done", seat.matchId);
    return { matchId: seat.matchId, port: seat.port, winner, score, isSigned, wager };
  }

  /** Waits in the queue until somebody comes. */
  async #meet(): Promise<Seat | null> {
    const { client, connectCode, name, agentId, signal, heard } = this.#options;
    if (signal.aborted) return null;
    let place = await this.#insist(() =>
      client.post<Place>("/queue/join", {
        connect_code: connectCode,
        fighter_name: name,
        wallet_address: this.#account.address,
        agent_id: agentId,
      }),
    );
    heard("waiting", null);
    while (place.status === "waiting") {
      await pause(POLL_MS, signal);
      const { queue_id } = place;
      if (signal.aborted) {
        await client.delete(`/queue/${queue_id}`);
        // Somebody may have come in this very moment.
        place = await client.get<Place>(`/queue/${queue_id}`);
        if (place.status !== "matched") return null;
      } else place = await this.#insist(() => client.get<Place>(`/queue/${queue_id}`));
    }
    const { match_id: matchId, queue_id: queueId } = place;
    if (place.status !== "matched" || matchId === null)
      throw new Refusal(200, `the place in the queue is ${place.status}`);
    const { p1_connect_code, p2_connect_code } = await this.#match(matchId);
    return {
      matchId,
      queueId,
      port: p1_connect_code === connectCode ? 1 : 2,
      codes: [p1_connect_code, p2_connect_code],
    };
  }

  /** Port 1 proposes, port 2 accepts what comes soon. That there is no wager stops nobody. */
  async #bet({ matchId, queueId, port }: Seat): Promise<void> {
    const { client, wager, signal } = this.#options;
    if (wager === null || signal.aborted) return;
    const path = `/matches/${matchId}/wager`;
    try {
      if (port === 1) {
        await client.post(`${path}/propose`, { queue_id: queueId, amount_wei: wager.amountWei, wager_id: wager.id });
        return;
      }
      for (let waited = 0; waited < 5 * POLL_MS && !signal.aborted; waited += POLL_MS / 4) {
        const { wager_status } = await client.get<{ readonly wager_status: string | null }>(path);
        if (wager_status === "proposed") return void (await client.post(`${path}/accept`, { queue_id: queueId }));
        if (wager_status !== null) return;
        await pause(POLL_MS / 4, signal);
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  /** Both sides play the same fight, each for itself, and both show it. */
  async #play({ matchId, codes }: Seat) {
    const { client, rules, fps, signal, figures, connectCode, name } = this.#options;
    const players = codes.map((code, at) => ({
      port: at === 0 ? (1 as const) : (2 as const),
      connectCode: code,
      name: code === connectCode ? name : nameOf(code),
    }));
    const publisher = new Publisher(client, matchId, players, figures);
    let score: readonly [number, number] = [0, 0];
    let stocks: readonly [number, number] = [rules.stocks, rules.stocks];
    let winner: Port | null = null;
    const pace = new Pace(fps, signal);
    for (const event of fight(codes.join(" "), rules)) {
      if (signal.aborted) break;
      publisher.publish(event);
      if (event.kind === "frame") await pace.next();
      if (event.kind !== "end") continue;
      ({ score, stocks } = event);
      if (Math.max(...score) > rules.bestOf / 2) winner = event.winner;
      // Between two games there is a moment in which nothing moves.
      else await pause((90 * 1000) / fps, signal);
    }
    await publisher.end(winner, score);
    return { winner, score, stocks, seconds: pace.seconds };
  }

  async #report(
    { matchId, queueId, port }: Seat,
    winner: Port | null,
    { stocks, seconds }: { readonly stocks: readonly [number, number]; readonly seconds: number },
  ): Promise<void> {
    const own = indexOf(port);
    await this.#insist(() =>
      this.#options.client.post(`/matches/${matchId}/result`, {
        queue_id: queueId,
        outcome: winner === null ? "DISCONNECT" : winner === port ? "won" : "lost",
        duration_seconds: Math.round(seconds * 10) / 10,
        // What was broken off is a draw.
        stocks_remaining: winner === null ? 0 : stocks[own],
        opponent_stocks: winner === null ? 0 : stocks[1 - own],
      }),
    );
  }

  /** True once the arena has both signatures. */
  async #sign({ matchId }: Seat): Promise<boolean> {
    const { client } = this.#options;
    const completed = await this.#await(async () => (await this.#match(matchId)).status === "completed");
    if (!completed) return false;
    const typedData = await this.#insist(() => client.get<TypedData>(`/matches/${matchId}/typed-data`));
    const signature = await this.#account.signTypedData(typedData);
    await this.#insist(() =>
      client.post(`/matches/${matchId}/signature`, { address: this.#account.address, signature }),
    );
    return this.#await(async () => {
      const { ready_for_submission: ready } = await this.#insist(() =>
        client.get<{ readonly ready_for_submission: boolean }>(`/matches/${matchId}/signatures`),
      );
      return ready;
    });
  }

  #match(id: string): Promise<Match> {
    return this.#insist(() => this.#options.client.get<Match>(`/matches/${id}`));
  }

  /** Asks until it is true; false if that takes too long, or everything is to end. */
  async #await(isSo: () => Promise<boolean>): Promise<boolean> {
    for (let waited = 0; waited < OTHER_SIDE_MS; waited += POLL_MS / 2) {
      if (await isSo()) return true;
      if (this.#options.signal.aborted) return false;
      await pause(POLL_MS / 2, this.#options.signal);
    }
    return false;
  }

  #insist<Body>(request: () => Promise<Body>): Promise<Body> {
    return insist(request, this.#options.signal);
  }
}

/** What to call the player of a connect code. */
export function nameOf(connectCode: string): string {
  return connectCode.split("#")[0] ?? connectCode;
}
