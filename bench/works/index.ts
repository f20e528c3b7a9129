import type { Work } from "../harness/work.ts";
import { allocations } from "./allocations.ts";
import { arena } from "./arena.ts";
import { coordinator } from "./coordinator.ts";
import { fanOut } from "./fan-out.ts";
import { findRedis } from "./find-redis.ts";
import { heartbeat, find } from "./host-pool.ts";
import { idleSockets } from "./idle-sockets.ts";
import { pairing } from "./pairing.ts";
import { registering } from "./registering.ts";
import { relay } from "./relay.ts";
import { relayNodes } from "./relay-nodes.ts";
import { start } from "./start.ts";
import { videoChat } from "./video-chat.ts";

/** In the order of the table. */
export const works: readonly Work[] = [
  heartbeat,
  find,
  findRedis,
  relay,
  relayNodes,
  registering,
  videoChat,
  arena,
  pairing,
  coordinator,
  fanOut,
  idleSockets,
  start,
  allocations,
];
