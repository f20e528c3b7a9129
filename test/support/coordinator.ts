import { call, post } from "./http.ts";

let made = 0;

/** A session of the coordinator, open, with a host and a zone of its own. */
export interface OpenSession {
  /** The public id. */
  readonly id: string;
  /** The row's number. */
  readonly number: number;
  readonly hostId: string;
  end(): Promise<void>;
}

/** `headers` go with every request that makes or ends it. */
export async function openSession(url: string, headers: Record<string, string> = {}): Promise<OpenSession> {
  const name = `${process.pid}-${made++}`;
  const hostId = `host-${name}`;
  await must(201, post(`${url}/api/hosts/`, { ...HOST, host_id: hostId, player_id: `player-${name}` }, headers));
  await must(201, post(`${url}/api/zones/`, { ...ZONE, zone_id: `zone-${name}` }, headers));
  const body = { host_id: hostId, zone_id: `zone-${name}`, max_players: 50 };
  const session = await must(201, post(`${url}/api/sessions/`, body, headers));
  return {
    id: session.session_id,
    number: session.id,
    hostId,
    end: () => must(200, call("POST", `${url}/api/sessions/${session.session_id}/end`, undefined, headers)),
  };
}

async function must(status: number, answer: ReturnType<typeof post>): Promise<any> {
  const { status: got, body } = await answer;
  if (got !== status) throw new Error(`${got} where ${status} was due: ${JSON.stringify(body)}`);
  return body;
}

const HOST = {
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
  ice_servers: [{ urls: "stun:stun.example.org:3478" }],
};

const ZONE = {
  zone_name: "Prontera",
  zone_display_name: "Prontera City",
  map_name: "prontera",
  max_players: 100,
  recommended_players: 50,
  p2p_enabled: true,
  p2p_priority: 8,
  min_host_quality_score: 80,
  min_bandwidth_mbps: 100,
  max_latency_ms: 50,
};
