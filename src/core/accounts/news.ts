import type { Bus, Subscription } from "../../ports/bus.ts";
import type { Clock, Timer } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { AccountNews, ContactNews, HearNews } from "./directory.ts";

const CHANNEL = "accounts";

/** Addresses or ids that one message carries at most: what a bus carries has a bound. */
const MOST_NAMES = 200;

/** How soon it is tried again to tell the others that they have missed something, in ms. */
const AGAIN_MS = 1_000;

export interface AccountNewsFeed {
  /** Tells everybody, here at once and on the other nodes as soon as the bus brings it. */
  tell(news: AccountNews): void;
  /** The same; resolves once those who hear on this node have done what they can to bring it to others. Never rejects. */
  spread(news: AccountNews): Promise<void>;
  hear(hear: HearNews): () => void;
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
  const hearers = new Set<HearNews>();
  const pass = (news: AccountNews, isAwaited = false): readonly Promise<void>[] => {
    const underWay: Promise<void>[] = [];
    for (const hear of hearers) {
      try {
        const done = hear(news, isAwaited);
        if (done !== undefined) underWay.push(done.catch(failed));
      } catch (error) {
        failed(error);
      }
    }
    return underWay;
  };
  const arrived = (text: string): void => {
    const { from, news } = JSON.parse(text) as Message;
    if (from !== self) void pass(news);
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
  /** What comes back is what is under way for the sake of whoever waits. */
  const tell = (news: AccountNews, isAwaited: boolean): readonly Promise<void>[] =>
    parts(news).flatMap((part) => {
      const underWay = pass(part, isAwaited);
      publish(part).catch((error: unknown) => {
        failed(error);
        owe();
      });
      return underWay;
    });
  let subscription: Subscription | null = null;
  let forgetGaps: (() => void) | null = null;
  return {
    tell: (news) => void tell(news, false),
    async spread(news) {
      await Promise.all(tell(news, true));
    },
    hear(hear) {
      // A wish of its own, so that one function may hear twice.
      const wish: HearNews = (news, isAwaited) => hear(news, isAwaited);
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
      return contactParts(news);
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

/** Each piece names whom the change is about. */
function contactParts({ emails, change }: ContactNews): readonly ContactNews[] {
  if (change === undefined) return chunks(emails).map((some) => ({ type: "contacts", emails: some }));
  const { who } = change;
  const others = chunks(emails.filter((email) => email !== who));
  return (others.length === 0 ? [[]] : others).map((some) => ({ type: "contacts", emails: [who, ...some], change }));
}

function chunks(names: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(names.length / MOST_NAMES);
  return Array.from({ length: count }, (_, at) => names.slice(at * MOST_NAMES, (at + 1) * MOST_NAMES));
}
