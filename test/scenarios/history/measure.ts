import { readdirSync, readFileSync } from "node:fs";
import type { FaultWorld } from "../world/world.ts";
import type { History } from "./history.ts";

/** What must be zero when nobody is connected. */
const GAUGES = /^(rendezvous_(?:sockets|device_waiting_characters|video_chat_users)\S*) (\S+)$/gm;

/** Notes what each node uses now. */
export async function measure(history: History, { nodes }: FaultWorld, phase: "base" | "after"): Promise<void> {
  for (const { name, pid, url, state } of nodes) {
    if (state !== "running") continue;
    const metrics = await (await fetch(`${url}/metrics`, { keepalive: false })).text();
    const gauges = Object.fromEntries([...metrics.matchAll(GAUGES)].map(([, gauge, value]) => [gauge!, Number(value)]));
    const rssBytes = 1024 * Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]);
    const descriptors = readdirSync(`/proc/${pid}/fd`).length;
    history.add("measured", { phase, rssBytes, descriptors, gauges }, name);
  }
}
