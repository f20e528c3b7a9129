/** What a page shows of a connection. */
export interface ConnectionStats {
  /** How the two found each other, such as "host → host" or "relay → relay"; empty before. */
  readonly path: string;
  readonly roundTripMs: number | null;
  /** Video frames that have arrived and been decoded. */
  readonly frames: number;
  readonly framesPerSecond: number;
  /** Audio packets that have arrived. */
  readonly audioPackets: number;
}

/** Reads the statistics every second and shows them, until the connection is closed. */
export function watchStats(connection: RTCPeerConnection): void {
  const timer = setInterval(() => void step(), 1_000);
  const step = async (): Promise<void> => {
    if (connection.connectionState === "closed") clearInterval(timer);
    else showStats(await readStats(connection));
  };
}

// The standard's dictionaries, as far as we read them (W3C webrtc-stats).
interface Entry {
  readonly id: string;
  readonly type: string;
  readonly kind?: string;
  readonly selectedCandidatePairId?: string;
  readonly localCandidateId?: string;
  readonly remoteCandidateId?: string;
  readonly candidateType?: string;
  readonly currentRoundTripTime?: number;
  readonly framesDecoded?: number;
  readonly framesPerSecond?: number;
  readonly packetsReceived?: number;
}

export async function readStats(connection: RTCPeerConnection): Promise<ConnectionStats> {
  const byId = new Map<string, Entry>();
  (await connection.getStats()).forEach((entry: Entry) => byId.set(entry.id, entry));
  const entries = [...byId.values()];
  const inbound = (kind: string): Entry | undefined =>
    entries.find((entry) => entry.type === "inbound-rtp" && entry.kind === kind);

  const transport = entries.find((entry) => entry.type === "transport");
  const pair = byId.get(transport?.selectedCandidatePairId ?? "");
  const ends = [pair?.localCandidateId, pair?.remoteCandidateId].map((id) => byId.get(id ?? "")?.candidateType);
  return {
    path: pair === undefined ? "" : ends.join(" → "),
    roundTripMs: pair?.currentRoundTripTime === undefined ? null : Math.round(pair.currentRoundTripTime * 1000),
    frames: inbound("video")?.framesDecoded ?? 0,
    framesPerSecond: Math.round(inbound("video")?.framesPerSecond ?? 0),
    audioPackets: inbound("audio")?.packetsReceived ?? 0,
  };
}

/** Fills the elements with `data-stat="path"` and so on, as far as the page has them. */
function showStats(stats: ConnectionStats): void {
  const texts: Record<string, string> = {
    path: stats.path,
    "round-trip": stats.roundTripMs === null ? "–" : `${stats.roundTripMs} ms`,
    frames: String(stats.frames),
    fps: String(stats.framesPerSecond),
    "audio-packets": String(stats.audioPackets),
  };
  for (const [name, text] of Object.entries(texts)) {
    const place = document.querySelector(`[data-stat="${name}"]`);
    if (place !== null) place.textContent = text;
  }
}
