import type { Host } from "../../core/presence/host.ts";
import type { Call } from "../../transport/http/call.ts";
import type { IceServer } from "../../core/credentials/ice-servers.ts";

/** What a host that says nothing of itself is shown with. */
export const DEFAULT_GAME_INFO = { name: "Desktop Session", specs: "Generic Host" } as const;

/**
 * Where clients find the room signaling: what the operator set, or `/signaling` on the public address, or on the host the
 * request itself was sent to.
 */
export interface SignalingSettings {
  readonly signalingUrl: string | null;
  readonly publicUrl: string | null;
}

/** Writes the answer to a find, as JSON. `call`: whose origin is asked for where the operator set no address. */
export type WriteMatch = (host: Host, call: Pick<Call, "origin">, iceServers: readonly IceServer[]) => string;

/** Nearly all answers end alike, which is written once. */
export function createMatchWriter(settings: SignalingSettings): WriteMatch {
  let latest: { readonly base: string; readonly iceServers: readonly IceServer[]; readonly ending: string } | null =
    null;
  return ({ room }, call, iceServers) => {
    const base = settings.signalingUrl ?? settings.publicUrl ?? call.origin;
    if (latest === null || latest.base !== base || latest.iceServers !== iceServers) {
      const rest = { signalingUrl: settings.signalingUrl ?? `ws${base.slice("http".length)}/signaling`, iceServers };
      latest = { base, iceServers, ending: JSON.stringify(rest).slice(1) };
    }
    return `{"found":true,"roomId":${JSON.stringify(room)},${latest.ending}`;
  };
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
