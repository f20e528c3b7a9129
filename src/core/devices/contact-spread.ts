import type { Clock } from "../../ports/clock.ts";
import type { Presence } from "../../ports/presences.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { ContactNews } from "../accounts/directory.ts";
import { NodeUnreachable } from "../cluster/courier.ts";
import type { NodePost } from "./node-post.ts";

/** How long whoever has changed a contact waits for the other nodes, in ms. They hear of it on the bus all the same. */
const WITHIN_MS = 1_000;

export interface ContactSpreadDeps {
  readonly post: Pick<NodePost, "contacts">;
  readonly clock: Clock;
  readonly node: string;
  /** @throws {StoreUnavailable} */
  lookUp(emails: readonly string[]): Promise<ReadonlyMap<string, readonly Presence[]>>;
  failed(error: unknown): void;
}

/**
 * Tells the nodes that have a device of those whose contacts have changed. Resolves once each has heard, or time is up;
 * never rejects.
 */
export function createContactSpread({ post, clock, node, lookUp, failed }: ContactSpreadDeps) {
  const caught = (error: unknown): void => {
    if (!(error instanceof NodeUnreachable || error instanceof StoreUnavailable)) failed(error);
  };
  const spread = async (news: ContactNews): Promise<void> => {
    const nodes = new Set([...(await lookUp(news.emails)).values()].flat().map((presence) => presence.node));
    nodes.delete(node);
    await Promise.all([...nodes].map((other) => post.contacts(other, news, WITHIN_MS).catch(caught)));
  };
  return async (news: ContactNews): Promise<void> => {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = clock.after(WITHIN_MS, resolve);
    await Promise.race([spread(news).catch(caught), late]);
    timer.cancel();
  };
}
