import type { Clock, Timer } from "../../ports/clock.ts";
import type { Membership } from "../cluster/membership.ts";
import { NodeLine } from "./node-line.ts";

/** How often it is looked which nodes have died, in ms. */
const WATCH_MS = 1_000;

/** How long a dead node is still told what has ended, in ms: it may have come back without our knowing it yet. */
const MOURN_MS = 60_000;

export interface NodeLinesDeps {
  readonly clock: Clock;
  readonly membership: Pick<Membership, "isDead" | "onDeath">;
  /** Resolves once the other node has heard. */
  ask(node: string, body: string): Promise<unknown>;
  /** There is something that relies on this node. */
  relies(node: string): boolean;
  /** What was under way to this node may be lost, or it is dead. Called again for as long as something relies on it. */
  lost(node: string): void;
  failed(error: unknown): void;
}

/** The lines to all other nodes. */
export class NodeLines {
  readonly #deps: NodeLinesDeps;
  readonly #lines = new Map<string, NodeLine>();
  readonly #diedAt = new Map<string, number>();
  #timer: Timer | null = null;

  constructor(deps: NodeLinesDeps) {
    this.#deps = deps;
    deps.membership.onDeath(async () => this.#watch());
  }

  start(): void {
    this.#timer = this.#deps.clock.every(WATCH_MS, () => this.#watch());
  }

  stop(): void {
    this.#timer?.cancel();
    for (const line of this.#lines.values()) line.close();
  }

  to(node: string): NodeLine {
    const known = this.#lines.get(node);
    if (known !== undefined) return known;
    const { clock, ask, lost, failed } = this.#deps;
    const line = new NodeLine({
      clock,
      ask: (body) => ask(node, body),
      broken(error) {
        failed(error);
        lost(node);
      },
    });
    this.#lines.set(node, line);
    return line;
  }

  /** Another node may have cleared a death up before this one heard of it, so that each looks for itself. */
  #watch(): void {
    const { clock, membership, relies, lost } = this.#deps;
    for (const [node, line] of this.#lines) {
      const diedAt = this.#diedAt.get(node);
      if (!membership.isDead(node)) this.#diedAt.delete(node);
      else if (diedAt === undefined || relies(node)) {
        this.#diedAt.set(node, clock.now());
        lost(node);
      } else if (clock.now() - diedAt >= MOURN_MS) {
        this.#diedAt.delete(node);
        this.#lines.delete(node);
        line.close();
      }
    }
  }
}
