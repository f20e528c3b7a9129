/** What the landing page shows; null: the server did not say. */
export interface Figures {
  readonly hostsFree: number | null;
  readonly hostsBusy: number | null;
  readonly peers: number | null;
  readonly chatters: number | null;
  readonly calls: number | null;
}

/** Puts the answers of `GET /health` (JSON) and `GET /metrics` (Prometheus text) together. */
export function figuresFrom(health: Readonly<Record<string, unknown>>, metrics: string): Figures {
  const count = (key: string): number | null => (typeof health[key] === "number" ? health[key] : null);
  return {
    hostsFree: sample(metrics, 'rendezvous_hosts{state="idle"}'),
    hostsBusy: sample(metrics, 'rendezvous_hosts{state="busy"}'),
    peers: sample(metrics, "rendezvous_room_peers"),
    chatters: count("activeUsers"),
    calls: count("activeMatches"),
  };
}

/** The value on the line that begins with this name and these labels. */
function sample(metrics: string, name: string): number | null {
  const line = metrics.split("\n").find((one) => one.startsWith(`${name} `));
  return line === undefined ? null : Number(line.slice(name.length + 1));
}
