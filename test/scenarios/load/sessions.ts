import { documented } from "../../support/coordinator-client.ts";
import { Client, type LoadContext, type Population, type Reader } from "./context.ts";

/** Hosts of the coordinator that open sessions, take players in, and end some of them. */
export function startSessions(load: LoadContext, size: { readonly hosts: number }): Population {
  const zone = openZone(load);
  const hosts = Array.from({ length: size.hosts }, (_, at) => zone.then((id) => hostAtWork(load, id, at)));
  return { face: "coordinator", finished: Promise.all(hosts), close: () => undefined };
}

async function openZone(load: LoadContext): Promise<string> {
  const zone = {
    ...documented.zone,
    zone_id: "zone-0",
    min_host_quality_score: 0,
    min_bandwidth_mbps: 0,
    max_latency_ms: null,
  };
  const reply = await new Client(load, "coordinator", 0).insist("open zone", "POST", "/api/zones/", zone);
  load.wrote("coordinator", "zone zone-0", "zone-0", reply, reader("/api/zones/zone-0", "zone_id"));
  return "zone-0";
}

async function hostAtWork(load: LoadContext, zone: string, at: number): Promise<void> {
  const client = new Client(load, "coordinator", at);
  const id = `coordinated-${at}`;
  const host = { ...documented.host, host_id: id, max_zones: 10_000, max_players: 1_000 };
  const registered = await client.insist("register", "POST", "/api/hosts/", host);
  load.wrote("coordinator", `host ${id}`, id, registered, reader(`/api/hosts/${id}`, "host_id"));
  let turn = 0;
  await load.every(150, async () => {
    await client.ask("heartbeat", "POST", `/api/hosts/${id}/heartbeat`, documented.heartbeat);
    const opened = await client.ask("open", "POST", "/api/sessions/", { host_id: id, zone_id: zone, max_players: 8 });
    if (opened.fate !== "done") return;
    const path = `/api/sessions/${opened.body.session_id}`;
    const state = `state of ${opened.body.session_id}`;
    const readState = reader(path, "status");
    load.wrote("coordinator", state, "PENDING", opened, readState);
    load.wrote("coordinator", state, "ACTIVE", await client.ask("activate", "POST", `${path}/activate`), readState);

    const player = `player-${at}-${turn}`;
    const place = `${player} in ${opened.body.session_id}`;
    const isIn: Reader = async (asker) => {
      const { status, body } = await asker.ask("read", "GET", path);
      if (status !== 200) return `${status}`;
      return body.connected_players.includes(player) ? "in" : "out";
    };
    const joined = await client.ask("join", "POST", `${path}/players`, { player_id: player });
    if (turn++ % 3 === 0) {
      // Who is in a session goes when it ends, so only those that go on are asked for it.
      load.wrote("coordinator", place, "out", opened, isIn);
      load.wrote("coordinator", place, "in", joined, isIn);
      if (load.random(2) > 0) return;
      load.wrote("coordinator", place, "out", await client.ask("leave", "DELETE", `${path}/players/${player}`), isIn);
      return;
    }
    load.wrote("coordinator", state, "ENDED", await client.ask("end", "POST", `${path}/end`), readState);
  });
}

/** Reads one field of what a path shows. */
function reader(path: string, field: string): Reader {
  return async (client) => {
    const { status, body } = await client.ask("read", "GET", path);
    if (status === 404) return null;
    return status === 200 ? body[field] : `${status}`;
  };
}
