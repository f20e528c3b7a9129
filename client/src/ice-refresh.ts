import type { Signaling } from "./signaling.ts";

/** How much of their time credentials are used for. */
const USED = 0.75;
const AGAIN_MS = 15_000;
/** Timers go no further. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Keeps a connection's TURN credentials good: fetches new ones before the old ones end, and looks for a new path where
 * one is relayed or broken.
 *
 * @param fetches false: the servers are the caller's own, and stay
 * @returns stops it
 */
export function keepFresh(connection: RTCPeerConnection, { ice, polite }: Signaling, fetches: boolean): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;

  const schedule = (ms: number): void => {
    clearTimeout(timer);
    if (!isOver) timer = setTimeout(() => void refresh(), Math.min(ms, LONGEST_MS));
  };
  const refresh = async (): Promise<void> => {
    let next = AGAIN_MS;
    try {
      next = await renew();
      if (!isOver && (await isRelayed(connection))) connection.restartIce();
    } catch {
      // Later, then; until the credentials end the path stands.
    }
    schedule(next);
  };
  /** Returns when to do it again, in ms. */
  const renew = async (): Promise<number> => {
    const { iceServers, ttl } = await ice!.fresh();
    if (!isOver) connection.setConfiguration({ ...connection.getConfiguration(), iceServers });
    return ttl * 1000 * USED;
  };
  /** One of the two begins, so that the offers do not collide. */
  const restart = async (): Promise<void> => {
    if (connection.connectionState !== "failed" || polite) return;
    if (fetches && ice !== null) await renew().catch(() => undefined);
    if (!isOver) connection.restartIce();
  };
  const look = (): void => void restart();
  connection.addEventListener("connectionstatechange", look);
  const lifetimeMs = fetches && ice !== null ? lifetimeOf(connection.getConfiguration().iceServers ?? []) : null;
  if (lifetimeMs !== null) schedule(lifetimeMs * USED);
  return () => {
    isOver = true;
    clearTimeout(timer);
    connection.removeEventListener("connectionstatechange", look);
  };
}

/** How long TURN credentials are still good, in ms, by the expiry that begins their user name; null: there are none. */
export function lifetimeOf(servers: readonly RTCIceServer[], now = Date.now()): number | null {
  const ends = servers.flatMap(({ username }) => {
    const end = Number(username?.split(":")[0] ?? NaN);
    return end > 0 ? [end * 1000] : [];
  });
  return ends.length === 0 ? null : Math.min(...ends) - now;
}

/** The standard's dictionaries, as far as they matter here (W3C webrtc-stats). */
interface Entry {
  readonly id: string;
  readonly type: string;
  readonly selectedCandidatePairId?: string;
  readonly localCandidateId?: string;
  readonly candidateType?: string;
}

/** Whether traffic goes over a relay of ours: only then do credentials matter to a path that stands. */
async function isRelayed(connection: RTCPeerConnection): Promise<boolean> {
  const stats = (await connection.getStats()) as ReadonlyMap<string, Entry>;
  for (const { type, selectedCandidatePairId = "" } of stats.values()) {
    const { localCandidateId = "" } = (type === "transport" && stats.get(selectedCandidatePairId)) || {};
    if (stats.get(localCandidateId)?.candidateType === "relay") return true;
  }
  return false;
}
