import type { Work } from "../harness/work.ts";
import { heartbeat } from "./heartbeat.ts";
import { idleSockets } from "./idle-sockets.ts";
import { start } from "./start.ts";
import { videoChat } from "./video-chat.ts";

/** In the order of the table. */
export const works: readonly Work[] = [heartbeat, videoChat, idleSockets, start];
