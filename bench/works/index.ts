import type { Work } from "../harness/work.ts";
import { allocations } from "./allocations.ts";
import { heartbeat } from "./heartbeat.ts";
import { registering } from "./registering.ts";

/** In the order of the table. */
export const works: readonly Work[] = [heartbeat, registering, allocations];
