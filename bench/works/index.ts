import type { Work } from "../harness/work.ts";
import { arena } from "./arena.ts";
import { coordinator } from "./coordinator.ts";
import { findRedis } from "./find-redis.ts";
import { find, heartbeat } from "./host-pool.ts";
import { pairing } from "./pairing.ts";

/** In the order of the table. */
export const works: readonly Work[] = [heartbeat, find, findRedis, arena, pairing, coordinator];
