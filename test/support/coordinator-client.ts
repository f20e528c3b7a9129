import { call, type Answer } from "./http.ts";

/** The bodies of the document's examples. */
export const documented = {
  host: {
    host_id: "host-12345",
    player_id: "player-67890",
    player_name: "PlayerOne",
    ip_address: "192.168.1.100",
    port: 8080,
    public_ip: "203.0.113.1",
    cpu_cores: 8,
    cpu_frequency_mhz: 3600,
    memory_mb: 16_384,
    network_speed_mbps: 1000,
    max_players: 50,
    max_zones: 5,
    ice_servers: [{ urls: "stun:stun.l.google.com:19302" }],
  },
  heartbeat: { latency_ms: 25.5, packet_loss_percent: 0.1, bandwidth_usage_mbps: 50.0, current_players: 10 },
  zone: {
    zone_id: "prontera",
    zone_name: "Prontera",
    zone_display_name: "Prontera City",
    map_name: "prontera",
    max_players: 100,
    recommended_players: 50,
    p2p_enabled: true,
    p2p_priority: 8,
    min_host_quality_score: 80.0,
    min_bandwidth_mbps: 100,
    max_latency_ms: 50,
  },
  metrics: {
    average_latency_ms: 45.5,
    average_packet_loss_percent: 0.2,
    bandwidth_usage_mbps: 75.0,
    quality_score: 95.0,
  },
} as const;

/** Speaks to one coordinator. Paths begin behind its prefix. */
export interface CoordinatorClient {
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
  patch(path: string, body: unknown): Promise<Answer>;
  delete(path: string): Promise<Answer>;
  /** Registers a host of its own and returns its id. */
  host(more?: object): Promise<string>;
  /** Creates a zone of its own that takes any host, and returns its id. */
  zone(more?: object): Promise<string>;
  /** Opens a session on a host and in a zone, both its own unless named; what the document answers. */
  session(more?: object): Promise<any>;
}

let names = 0;

/** `base` ends with the prefix, such as `http://127.0.0.1:8080/api/v1`. */
export function coordinatorClient(base: () => string): CoordinatorClient {
  const unique = (what: string): string => `${what}-${process.pid}-${names++}`;
  const must = async (answer: Promise<Answer>): Promise<any> => {
    const { status, body } = await answer;
    if (status !== 201) throw new Error(`${status}: ${JSON.stringify(body)}`);
    return body;
  };
  const client: CoordinatorClient = {
    get: (path) => call("GET", base() + path),
    post: (path, body) => call("POST", base() + path, body),
    patch: (path, body) => call("PATCH", base() + path, body),
    delete: (path) => call("DELETE", base() + path),
    async host(more = {}) {
      return (await must(client.post("/hosts/", { ...documented.host, host_id: unique("host"), ...more }))).host_id;
    },
    async zone(more = {}) {
      const any = { min_host_quality_score: 0, min_bandwidth_mbps: 0, max_latency_ms: null };
      return (await must(client.post("/zones/", { ...documented.zone, ...any, zone_id: unique("zone"), ...more })))
        .zone_id;
    },
    async session(more = {}) {
      const named = more as { host_id?: string; zone_id?: string };
      const host_id = named.host_id ?? (await client.host());
      const zone_id = named.zone_id ?? (await client.zone());
      return must(client.post("/sessions/", { max_players: 50, ...more, host_id, zone_id }));
    },
  };
  return client;
}
