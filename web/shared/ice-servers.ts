let known: { readonly servers: RTCIceServer[]; readonly staleAt: number } | null = null;

/**
 * STUN and TURN servers of this server. TURN credentials expire, so they are asked for again once half their time is
 * over.
 */
export async function iceServers(): Promise<RTCIceServer[]> {
  if (known !== null && performance.now() < known.staleAt) return known.servers;
  const answer = await fetch("/api/ice-servers");
  if (!answer.ok) throw new Error(`GET /api/ice-servers answers ${answer.status}`);
  const { iceServers: servers, ttl } = (await answer.json()) as { iceServers: RTCIceServer[]; ttl: number };
  known = { servers, staleAt: performance.now() + ttl * 500 };
  return servers;
}
