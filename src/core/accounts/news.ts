import type { Bus, Subscription } from "../../ports/bus.ts";
import type { Random } from "../../ports/random.ts";
import type { AccountNews } from "./directory.ts";

const CHANNEL = "accounts";

/** Addresses or ids that one message carries at most: what a bus carries has a bound. */
const MOST_NAMES = 200;

export interface AccountNewsFeed {
  /** Tells everybody, here at once and on the other nodes as soon as the bus brings it. */
  tell(news: AccountNews): void;
  hear(hear: (news: AccountNews) => void): () => void;
  start(): void;
  stop(): void;
}

/**
 * What changes of accounts, carried between the nodes. Those who hear on this node are told directly, so that nothing
 * is missed here while the bus is away; on other nodes that is a gap, which their own bus tells them of.
 */
export function createAccountNews(deps: {
  readonly bus: Bus;
  readonly random: Random;
  failed(error: unknown): void;
}): AccountNewsFeed {
  const { bus, random, failed } = deps;
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
  let subscription: Subscription | null = null;
  let forgetGaps: (() => void) | null = null;
  return {
    tell(news) {
      for (const part of parts(news)) {
        pass(part);
        bus.publish(CHANNEL, JSON.stringify({ from: self, news: part } satisfies Message)).catch(failed);
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
