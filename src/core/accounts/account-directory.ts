import type { ContactRecords } from "../../ports/contact-records.ts";
import type { Clock } from "../../ports/clock.ts";
import type { TokenRecords } from "../../ports/token-records.ts";
import type { Directory, Identity } from "./directory.ts";
import type { AccountNewsFeed } from "./news.ts";

/** Ids that one question to the store holds at most. */
const MOST_IDS = 500;

export interface AccountDirectoryOptions {
  readonly identify: (token: string) => Promise<Identity>;
  readonly tokens: TokenRecords;
  readonly contacts: ContactRecords;
  readonly news: AccountNewsFeed;
  readonly clock: Clock;
}

/** The accounts as those see them who serve people. */
export function createDirectory({ identify, tokens, contacts, news, clock }: AccountDirectoryOptions): Directory {
  return {
    identify,
    contactsOf: async (email) => new Set(await contacts.accepted(email)),
    async revoked(tokenIds) {
      const gone: string[] = [];
      for (let at = 0; at < tokenIds.length; at += MOST_IDS) {
        gone.push(...(await tokens.missing(tokenIds.slice(at, at + MOST_IDS), clock.now())));
      }
      return gone;
    },
    onNews: (hear) => news.hear(hear),
  };
}
