import type { Presences } from "../../ports/presences.ts";
import { atOnce } from "../flow/at-once.ts";
import { infoOfPresence, newsOf, type DeviceInfo, type DeviceNews } from "./device.ts";

/**
 * Clears away the devices of a node that has died, and tells of each that this call has cleared. Several survivors do
 * it at once: each device is cleared by one of them.
 *
 * @throws {StoreUnavailable} with the rest still to be cleared
 */
export async function clearNode(
  node: string,
  deps: {
    readonly presences: Presences;
    /** True if the node has come back: it keeps what it still has. */
    isLive(node: string): boolean;
    hide(device: DeviceInfo): void;
    tell(news: readonly DeviceNews[]): void;
  },
): Promise<void> {
  const { presences, isLive, hide, tell } = deps;
  for await (const page of presences.ofNode(node)) {
    if (isLive(node)) return;
    const cleared: DeviceInfo[] = [];
    try {
      await atOnce(page, async (presence) => {
        const { group, member, connection } = presence;
        if (await presences.leave(group, member, connection)) cleared.push(infoOfPresence(presence));
      });
    } finally {
      for (const info of cleared) hide(info);
      tell(cleared.map((info) => newsOf("left", info)));
    }
  }
}
