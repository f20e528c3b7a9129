import type { Clock } from "../../ports/clock.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import { DomainError } from "../errors/errors.ts";
import { NodeFailed, NodeOverloaded, NodeUnreachable } from "./courier.ts";

/** Asks of a node to itself that may wait at once. */
const MOST_ASKS = 50_000;

export interface SelfAsking {
  ask(topic: string, body: string, deadline: number): Promise<string>;
  /** Gives up what is past its time. Returns when to look next; infinite if nothing waits. */
  look(): number;
}

/** A node that asks itself: in order and in time as with any other, with nothing in between. */
export function createSelfAsking(deps: {
  readonly node: string;
  readonly clock: Clock;
  serve(topic: string, body: string): string | Promise<string>;
}): SelfAsking {
  const { node, clock, serve } = deps;
  const waiting = new Set<{ readonly deadline: number; giveUp(): void }>();

  return {
    ask(topic, body, deadline) {
      if (waiting.size >= MOST_ASKS) return Promise.reject(new NodeOverloaded(node));
      return new Promise((resolve, reject) => {
        const one = { deadline, giveUp: () => reject(new NodeUnreachable(node)) };
        waiting.add(one);
        // Not within the call, as with every other node: whoever asks is not interrupted by the answer to it.
        Promise.resolve()
          .then(() => serve(topic, body))
          .then(resolve, (error: unknown) => {
            const isMeant = error instanceof DomainError || error instanceof StoreUnavailable;
            reject(isMeant ? error : new NodeFailed(node));
          })
          .finally(() => waiting.delete(one));
      });
    },
    look() {
      let next = Infinity;
      for (const one of waiting) {
        if (one.deadline > clock.now()) {
          next = Math.min(next, one.deadline);
          continue;
        }
        waiting.delete(one);
        one.giveUp();
      }
      return next;
    },
  };
}
