import type { Work } from "../harness/work.ts";
import { heartbeat } from "./heartbeat.ts";
import { relay } from "./relay.ts";
import { relayNodes } from "./relay-nodes.ts";

/** In the order of the table. */
export const works: readonly Work[] = [heartbeat, relay, relayNodes];
