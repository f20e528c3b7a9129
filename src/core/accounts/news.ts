import type { Bus, Subscription } from "../../ports/bus.ts";
import type { Clock, Timer } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { AccountNews } from "./directory.ts";

const CHANNEL = "accounts";

/** Addresses or ids that one message carries at most: what a bus carries has a bound. */
const MOST_NAMES = 200;

/** How soon it is tried again to tell the others that they have missed something, in ms. */
const AGAIN_MS = 1_000;

export interface AccountNewsFeed {
  /** Tells everybody, here at once and on the other nodes as soon as the bus brings it. */
  tell(news: AccountNews): void;
  hear(hear: (news: AccountNews) => void): () => void;
  start(): void;
  stop(): void;
}

/**
 * What changes of accounts, carried between the nodes. Those who hear on this node are told directly, so that nothing
 * is missed here while the bus is away. The others are told of a gap then: by their own bus if it was away for them, and
 * by this node, as soon as it can, if it was away for this one.
 */
export function createAccountNews(deps: {
  readonly bus: Bus;
  readonly random: Random;
  readonly clock: Clock;
  failed(error: unknown): void;
}): AccountNewsFeed {
  const { bus, random, clock, failed } = deps;
  const self = random.uuid();
  const hearers = new Set<(news: AccountNews) => void>();
  const pass = (news: AccountNews): void => {
    for (const hear of hearers) {
      try {
        hear(news);
      } catch (error) {
        failed(error);
      }
    }
  };
  const arrived = (text: string): void => {
    const { from, news } = JSON.parse(text) as Message;
    if (from !== self) pass(news);
  };
  const publish = (news: AccountNews): Promise<unknown> =>
    bus.publish(CHANNEL, JSON.stringify({ from: self, news } satisfies Message));
  let isStopped = false;
  let owed: Timer | null = null;
  /** The others have missed something. One word of it says it all. */
  const owe = (): void => {
    if (isStopped) return;
    owed ??= clock.after(AGAIN_MS, () => {
      owed = null;
      publish({ type: "gap" }).catch(owe);
    });
  };
  let subscription: Subscription | null = null;
  let forgetGaps: (() => void) | null = null;
  return {
    tell(news) {
      for (const part of parts(news)) {
        pass(part);
        publish(part).catch((error: unknown) => {
          failed(error);
          owe();
        });
      }
    },
    hear(hear) {
      // A wish of its own, so that one function may hear twice.
      const wish = (news: AccountNews): void => hear(news);
      hearers.add(wish);
      return () => hearers.delete(wish);
    },
    start() {
      subscription = bus.subscribe(CHANNEL, (text) => {
        try {
          arrived(text);
        } catch (error) {
          failed(error);
        }
      });
      forgetGaps = bus.onGap(() => pass({ type: "gap" }));
    },
    stop() {
      isStopped = true;
      owed?.cancel();
      subscription?.end();
      forgetGaps?.();
    },
  };
}

interface Message {
  /** Who tells: it has told its own already. */
  readonly from: string;
  readonly news: AccountNews;
}

/** The same news in pieces that are small enough. */
function parts(news: AccountNews): readonly AccountNews[] {
  switch (news.type) {
    case "contacts":
      return chunks(news.emails).map((emails) => ({ type: "contacts", emails }));
    case "removed":
      return chunks(news.emails).map((emails) => ({ type: "removed", emails }));
    case "forgotten":
      return chunks(news.names).map((names) => ({ type: "forgotten", names }));
    case "revoked":
      return chunks(news.tokenIds).map((tokenIds) => ({ type: "revoked", tokenIds }));
    case "gap":
      return [news];
  }
}

function chunks(names: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(names.length / MOST_NAMES);
  return Array.from({ length: count }, (_, at) => names.slice(at * MOST_NAMES, (at + 1) * MOST_NAMES));
}
