import { NodeUnreachable, type Courier } from "../cluster/courier.ts";
import { atOnce } from "../flow/at-once.ts";
import { partOf, type SessionPeers } from "../sessions/seat.ts";
import type { Audience } from "./audience.ts";
import type { Listener } from "./listener.ts";

const TOPIC = "signaling.standing";

/** How long whoever removes a player waits for the node it listens on, in ms. */
const TELL_MS = 1_000;

export interface StandingDeps {
  readonly audience: Pick<Audience, "listenersOf" | "nodesOf">;
  readonly courier: Courier;
  readonly sessions: { peers(publicId: string): Promise<SessionPeers | null> };
  failed(error: unknown): void;
}

/**
 * Ends those who listen in a seat that is not theirs any more. What the news says is looked up: by the time it comes,
 * the player may have come back. News that gets lost is made good by {@link look}.
 */
export class Standing {
  readonly #deps: StandingDeps;

  constructor(deps: StandingDeps) {
    this.#deps = deps;
    deps.courier.serve(TOPIC, async (body) => {
      const [session, peer] = JSON.parse(body) as [string, string];
      await this.look(session, peer);
      return "";
    });
  }

  /** A player has been removed: wherever it listens, it is looked at. Fulfilled when it is done; never rejects. */
  async left(session: string, peer: string): Promise<void> {
    const { audience, courier, failed } = this.#deps;
    try {
      const nodes = await audience.nodesOf(session, peer);
      await atOnce([...new Set([courier.node, ...nodes])], (node) =>
        node === courier.node ? this.look(session, peer) : this.#tell(node, session, peer),
      );
    } catch (error) {
      failed(error);
    }
  }

  /** Looks at those of this node who listen to a session, or at one of them. */
  async look(session: string, peer?: string): Promise<void> {
    const { audience, sessions } = this.#deps;
    const seated = audience
      .listenersOf(session)
      .filter(({ part, peer: who }) => part !== null && (peer === undefined || who === peer));
    if (seated.length === 0) return;
    const peers = await sessions.peers(session);
    // Of a session that is over, others tell.
    if (peers === null) return;
    for (const listener of seated) if (!isSeated(peers, listener)) listener.end("removed");
  }

  async #tell(node: string, session: string, peer: string): Promise<void> {
    try {
      await this.#deps.courier.ask(node, TOPIC, JSON.stringify([session, peer]), TELL_MS);
    } catch (error) {
      if (!(error instanceof NodeUnreachable)) this.#deps.failed(error);
    }
  }
}

function isSeated(peers: SessionPeers, { peer, part }: Listener): boolean {
  return partOf(peers, peer) === part;
}
