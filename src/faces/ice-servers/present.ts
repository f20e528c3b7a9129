import type { IceServer } from "../../core/credentials/ice-servers.ts";
import { json, type Answer } from "../../transport/http/route.ts";

/** `iceServers` goes into an RTCConfiguration as it is. The credentials are the caller's own. */
export function presentIceServers(iceServers: readonly IceServer[], ttlSeconds: number, relayOnly: boolean): Answer {
  const body = { iceServers, ttl: ttlSeconds, ...(relayOnly ? { iceTransportPolicy: "relay" } : {}) };
  return json(200, body);
}
