import type { Work } from "../harness/work.ts";
import { heartbeat } from "./heartbeat.ts";
import { pairing } from "./pairing.ts";

/** In the order of the table. */
export const works: readonly Work[] = [heartbeat, pairing];
