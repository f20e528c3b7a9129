/** A peer that knows nothing but the REST signaling of the coordinator. */
export interface RestPeerOptions {
  readonly session: string;
  readonly me: string;
  /** Peers to offer a connection to. Offers of others are answered whoever they come from. */
  readonly call: readonly string[];
  /** How many peers to hear from before all is well. */
  readonly expect: number;
}

export interface RestPeerOutcome {
  /** What came over each peer's data channel. */
  readonly heard: Readonly<Record<string, string>>;
  /** How many offers crossed one of our own. */
  readonly crossings: number;
}

/**
 * Runs inside a page, so it stands on its own. Connects by perfect negotiation over offers, answers and candidates
 * that are posted and fetched with `fetch` alone; over each connection it says its name and waits for the other's.
 */
export async function connectByRest(options: RestPeerOptions): Promise<RestPeerOutcome> {
  const { session, me, call, expect } = options;
  interface Other {
    readonly connection: RTCPeerConnection;
    offering: boolean;
    ignoring: boolean;
    readonly early: RTCIceCandidateInit[];
  }
  const others = new Map<string, Other>();
  const heard: Record<string, string> = {};
  const stop = new AbortController();
  let crossings = 0;
  let finished: () => void;
  const done = new Promise<void>((resolve) => (finished = resolve));

  const post = async (what: string, to: string, fields: object): Promise<void> => {
    const response = await fetch(`/api/signaling/${what}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ session_id: session, peer_id: me, to_peer_id: to, ...fields }),
    });
    if (!response.ok) throw new Error(`${what}: ${response.status} ${await response.text()}`);
  };

  const meet = (name: string): Other => {
    const known = others.get(name);
    if (known !== undefined) return known;
    const connection = new RTCPeerConnection();
    const other: Other = { connection, offering: false, ignoring: false, early: [] };
    others.set(name, other);
    const channel = connection.createDataChannel("talk", { negotiated: true, id: 0 });
    channel.onopen = () => channel.send(`hello ${name}, this is ${me}`);
    channel.onmessage = ({ data }) => {
      heard[name] = data as string;
      if (Object.keys(heard).length === expect) finished();
    };
    connection.onicecandidate = ({ candidate }) => {
      if (candidate !== null) void post("ice-candidate", name, candidate.toJSON());
    };
    return other;
  };

  const offer = async (name: string): Promise<void> => {
    const other = meet(name);
    other.offering = true;
    await other.connection.setLocalDescription();
    await post("offer", name, { sdp: other.connection.localDescription!.sdp });
    other.offering = false;
  };

  const takeEarly = async ({ connection, early }: Other): Promise<void> => {
    for (const candidate of early.splice(0)) await connection.addIceCandidate(candidate);
  };

  const onOffer = async ({ peer_id, sdp, polite }: any): Promise<void> => {
    const other = meet(peer_id);
    const crossing = other.offering || other.connection.signalingState !== "stable";
    if (crossing) crossings++;
    other.ignoring = crossing && !polite;
    if (other.ignoring) return;
    await other.connection.setRemoteDescription({ type: "offer", sdp });
    await other.connection.setLocalDescription();
    await post("answer", peer_id, { sdp: other.connection.localDescription!.sdp });
    await takeEarly(other);
  };

  const onAnswer = async ({ peer_id, sdp }: any): Promise<void> => {
    const other = meet(peer_id);
    other.ignoring = false;
    await other.connection.setRemoteDescription({ type: "answer", sdp });
    await takeEarly(other);
  };

  const onCandidates = async ({ candidates }: any): Promise<void> => {
    for (const { peer_id, to_peer_id: _to, ...candidate } of candidates) {
      const other = meet(peer_id);
      if (other.connection.remoteDescription === null) other.early.push(candidate);
      // Candidates of an offer that was passed over belong to nothing.
      else await other.connection.addIceCandidate(candidate).catch(() => undefined);
    }
  };

  /** Follows one kind of signal by its cursor until stopped. */
  const follow = async (what: string, take: (answer: any) => Promise<void>): Promise<void> => {
    for (let after = "0"; ;) {
      const url = `/api/signaling/${what}/${session}?peer_id=${me}&after=${after}&wait=20`;
      const response = await fetch(url, { signal: stop.signal });
      if (response.status === 404) continue;
      if (!response.ok) throw new Error(`${what}: ${response.status} ${await response.text()}`);
      const answer = await response.json();
      after = answer.cursor;
      await take(answer);
    }
  };

  for (const name of call) await offer(name);
  const following = Promise.all([
    follow("offer", onOffer),
    follow("answer", onAnswer),
    follow("ice-candidates", onCandidates),
  ]);
  await Promise.race([done, following]);
  stop.abort();
  await following.catch((error: Error) => {
    if (error.name !== "AbortError") throw error;
  });
  return { heard, crossings };
}
