import type { Host } from "../../core/presence/host.ts";
import type { IceServer } from "../../core/credentials/ice-servers.ts";

/** What a host that says nothing of itself is shown with. */
export const DEFAULT_GAME_INFO = { name: "Desktop Session", specs: "Generic Host" } as const;

/** The answer to a find. */
export function match(host: Host, signalingUrl: string, iceServers: readonly IceServer[]) {
  return { found: true, roomId: host.room, signalingUrl, iceServers };
}

/** A host as the document keeps it in Redis. */
export function wireHost(host: Host) {
  return {
    hostId: host.id,
    roomId: host.room,
    status: host.state,
    region: host.region,
    lastHeartbeat: host.beatAt,
    publicIp: host.publicIp,
    gameInfo: host.info,
  };
}

/**
 * Where the client finds the room signaling: what the operator set, or `/signaling` on the public address, or on the
 * host the request itself was sent to.
 */
export function signalingUrl(
  settings: { readonly signalingUrl: string | null; readonly publicUrl: string | null },
  origin: () => string,
): string {
  if (settings.signalingUrl !== null) return settings.signalingUrl;
  const base = settings.publicUrl ?? origin();
  return `ws${base.slice("http".length)}/signaling`;
}
