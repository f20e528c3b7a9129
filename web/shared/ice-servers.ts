type Known = Pick<RTCConfiguration, "iceTransportPolicy"> & { readonly iceServers: RTCIceServer[] };

let known: { readonly answer: Known; readonly staleAt: number } | null = null;

/**
 * STUN and TURN servers of this server. TURN credentials expire, so they are asked for again once half their time is
 * over.
 */
export async function iceServers(): Promise<RTCIceServer[]> {
  return (await fetched()).iceServers;
}

/** The same as a configuration. Where the server wants relays alone, that counts. */
export async function iceConfiguration(iceTransportPolicy: RTCIceTransportPolicy): Promise<RTCConfiguration> {
  return { iceTransportPolicy, ...(await fetched()) };
}

async function fetched(): Promise<Known> {
  if (known !== null && performance.now() < known.staleAt) return known.answer;
  const answer = await fetch("/api/ice-servers");
  if (!answer.ok) throw new Error(`GET /api/ice-servers answers ${answer.status}`);
  const { ttl, ...rest } = (await answer.json()) as Known & { readonly ttl: number };
  known = { answer: rest, staleAt: performance.now() + ttl * 500 };
  return rest;
}
