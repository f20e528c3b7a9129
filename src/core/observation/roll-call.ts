import { NodeUnreachable, type Courier } from "../cluster/courier.ts";
import type { Membership } from "../cluster/membership.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";

/** How long the answers of all nodes may take, in ms: somebody looks at a page meanwhile. */
const PATIENCE_MS = 2_500;

/** Asks nodes, this one included. */
export interface RollCall {
  /** What each live node answers in time; those which do not are left out. Never rejects. */
  all(question: string): Promise<ReadonlyMap<string, string>>;
  /** @throws what the courier throws, and the node's refusals */
  one(node: string, question: string): Promise<string>;
}

/** Answers are those of `answer` on every node. `failed`: hears what is no node's silence. */
export function createRollCall(deps: {
  readonly topic: string;
  readonly courier: Courier;
  readonly membership: Pick<Membership, "live" | "node">;
  answer(question: string, from: string): Promise<string>;
  failed(error: unknown): void;
}): RollCall {
  const { topic, courier, membership, answer, failed } = deps;
  courier.serve(topic, answer);
  /** What this node asks itself takes no way that could fail. */
  const ask = (node: string, question: string): Promise<string> =>
    node === membership.node ? answer(question, node) : courier.ask(node, topic, question, PATIENCE_MS);
  return {
    one: ask,
    async all(question) {
      const answers = new Map<string, string>();
      const nodes = new Set([membership.node, ...membership.live().map(({ id }) => id)]);
      const asked = [...nodes].map(async (node) => {
        try {
          answers.set(node, await ask(node, question));
        } catch (error) {
          if (!(error instanceof NodeUnreachable) && !(error instanceof StoreUnavailable)) failed(error);
        }
      });
      await Promise.all(asked);
      return answers;
    },
  };
}
