import { documented } from "./coordinator-client.ts";
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
  await must(
    201,
    post(`${url}/api/hosts/`, { ...documented.host, host_id: hostId, player_id: `player-${name}` }, headers),
  );
  await must(201, post(`${url}/api/zones/`, { ...documented.zone, zone_id: `zone-${name}` }, headers));
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
