import type { Work } from "../harness/work.ts";
import { fanOut } from "./fan-out.ts";
import { heartbeat } from "./heartbeat.ts";

/** In the order of the table. */
export const works: readonly Work[] = [heartbeat, fanOut];
