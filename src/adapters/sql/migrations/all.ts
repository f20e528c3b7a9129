import { hostsZonesSessions } from "./0001-hosts-zones-sessions.ts";
import { tallies } from "./0002-tallies.ts";
import { accounts } from "./0003-accounts.ts";
import { arena } from "./0004-arena.ts";
import { replays } from "./0005-replays.ts";
import { chain } from "./0006-chain.ts";
import { feedbackCursors } from "./0007-feedback-cursors.ts";
import { retention } from "./0008-retention.ts";
import { audit } from "./0009-audit.ts";
import { sessionsOfAPlayer } from "./0010-sessions-of-a-player.ts";
import { filteredLists } from "./0011-filtered-lists.ts";
import { auditTargets } from "./0012-audit-targets.ts";
import { emptySessions } from "./0013-empty-sessions.ts";
import { fewerPages } from "./0014-fewer-pages.ts";
import type { Migration } from "./migration.ts";

/** Every migration, in order. They are never changed once released, only followed by others. */
export const migrations: readonly Migration[] = [
  hostsZonesSessions,
  tallies,
  accounts,
  arena,
  replays,
  chain,
  feedbackCursors,
  retention,
  audit,
  sessionsOfAPlayer,
  filteredLists,
  auditTargets,
  emptySessions,
  fewerPages,
];
