import { hostsZonesSessions } from "./0001-hosts-zones-sessions.ts";
import { tallies } from "./0002-tallies.ts";
import { arena } from "./0004-arena.ts";
import { chain } from "./0005-chain.ts";
import type { Migration } from "./migration.ts";

/** Every migration, in order. They are never changed once released, only followed by others. */
export const migrations: readonly Migration[] = [hostsZonesSessions, tallies, arena, chain];
