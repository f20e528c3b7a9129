import { mentionsOfAddress, mentionsOfPlayers, type Named } from "../../ports/audit-names.ts";
import type { Clock, Timer } from "../../ports/clock.ts";
import type { AccountNews } from "../accounts/directory.ts";
import type { AccountNewsFeed } from "../accounts/news.ts";
import type { Journal } from "./journal.ts";

/** How often to look for notes that are past their age, in ms. */
const LOOK_MS = 10 * 60_000;

export interface UpkeepDeps {
  readonly journal: Journal;
  readonly news: Pick<AccountNewsFeed, "hear">;
  readonly clock: Clock;
  /** Whoever else on this node remembers people outside the records. */
  readonly forget?: (named: Named) => void;
}

/** Keeps a journal from remembering people who are forgotten, on whichever node, and anything for longer than its age. */
export function createUpkeep({ journal, news, clock, forget }: UpkeepDeps) {
  let timer: Timer | null = null;
  let deafen: (() => void) | null = null;
  return {
    start(): void {
      timer = clock.every(LOOK_MS, () => journal.sweep());
      deafen = news.hear((one) => {
        for (const named of forgotten(one)) {
          journal.forget(named);
          forget?.(named);
        }
      });
    },
    stop(): void {
      timer?.cancel();
      deafen?.();
    },
  };
}

/** A gap says of nobody who they were: what is missed goes by its age. */
function forgotten(news: AccountNews): readonly Named[] {
  if (news.type === "removed") return news.emails.map(mentionsOfAddress);
  return news.type === "forgotten" ? [mentionsOfPlayers(news.names)] : [];
}
