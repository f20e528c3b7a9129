import type { IceServer } from "../../core/credentials/ice-servers.ts";
import { json } from "../../transport/http/route.ts";

/** `iceServers` goes into an RTCConfiguration as it is. Never cached: the credentials are the caller's own. */
export function presentIceServers(iceServers: readonly IceServer[], ttlSeconds: number, relayOnly: boolean): Response {
  const response = json(200, { iceServers, ttl: ttlSeconds, ...(relayOnly ? { iceTransportPolicy: "relay" } : {}) });
  response.headers.set("cache-control", "no-store");
  return response;
}
