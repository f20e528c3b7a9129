import type { Work } from "../harness/work.ts";
import { find, heartbeat } from "./host-pool.ts";

/** In the order of the table. */
export const works: readonly Work[] = [heartbeat, find];
