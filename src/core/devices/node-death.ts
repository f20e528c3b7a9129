import type { Presences } from "../../ports/presences.ts";
import { infoOfPresence, newsOf, type DeviceInfo, type DeviceNews } from "./device.ts";
import type { Outside } from "./outside.ts";

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
    readonly outside: Outside | null;
    tell(news: readonly DeviceNews[]): Promise<void>;
    failed(error: unknown): void;
  },
): Promise<void> {
  const { presences, outside, tell, failed } = deps;
  for await (const page of presences.ofNode(node)) {
    const cleared: DeviceInfo[] = [];
    const outcomes = await Promise.allSettled(
      page.map(async (presence) => {
        const { group, member, connection } = presence;
        if (await presences.leave(group, member, connection)) cleared.push(infoOfPresence(presence));
      }),
    );
    for (const info of cleared) outside?.hide(info).catch(failed);
    await tell(cleared.map((info) => newsOf("left", info)));
    const failure = outcomes.find((one) => one.status === "rejected");
    if (failure !== undefined) throw failure.reason;
  }
}
