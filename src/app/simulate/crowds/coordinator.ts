import { lasting } from "../chance.ts";
import { Refusal, type Client } from "../client.ts";
import { zones } from "../names.ts";
import { pause } from "../pause.ts";
import { meanStay, openLine, takeAway, type Crowd, type Outcome, type Scene } from "../scene.ts";
import { candidate, description, letters } from "../sdp.ts";
import type { Bearer } from "../tokens.ts";
import { ZoneHost } from "./zone-host.ts";

/** How long a player waits for the host's answer, in ms. */
const PATIENCE_MS = 10_000;
/** Places of a session, and how many of them the people of this world fill. */
const PLACES = 8;

interface Session {
  readonly session_id: string;
  /** Its number; peers go by its name. */
  readonly host_id: number;
  readonly current_players: number;
  readonly max_players: number;
}

/** Hosts that run zones of a game, and players who come, are connected to the host, and go. */
export function coordinatorCrowd(scene: Scene): Crowd {
  const { dice, signal, size, perSecond } = scene;
  const hosts = Array.from({ length: size }, (_, number) => new ZoneHost(scene, number));
  const mean = meanStay(size * PLACES, perSecond);
  const operator = scene.client.as(scene.tokens.of({ sub: "operator", scope: "admin" }));
  const opened: string[] = [];
  let players = 0;

  const zoneOf = (name: string): string => `sim-${name}`;

  /** They stay, because the protocol has no way to take a zone away; the next run finds them. */
  async function openZones(): Promise<void> {
    for (const name of zones) {
      const words = name.replaceAll("-", " ");
      const zone = {
        zone_id: zoneOf(name),
        zone_name: name,
        zone_display_name: `The ${words}`,
        map_name: name,
        max_players: 500,
        recommended_players: 60,
        p2p_enabled: true,
        p2p_priority: dice.between(1, 9),
        min_host_quality_score: 0,
        min_bandwidth_mbps: 0,
        max_latency_ms: null,
        status: "ENABLED",
      };
      try {
        await operator.post("/api/zones", zone);
      } catch (error) {
        if (!(error instanceof Refusal) || ![400, 409].includes(error.status)) throw error;
        await operator.patch(`/api/zones/${zone.zone_id}`, { status: "ENABLED" });
      }
      opened.push(zone.zone_id);
    }
  }

  /** One that goes on and has a place, or a new one; null: there is no host for it. */
  async function sessionIn(zone: string, client: Client): Promise<Session | null> {
    const open = await client.get<readonly Session[]>(`/api/sessions?zone_id=${zone}&status=ACTIVE&limit=20`);
    const fitting = open.find(({ current_players: now, max_players: most }) => now < most);
    if (fitting !== undefined) return fitting;
    try {
      const made = await client.post<Session>("/api/sessions", { zone_id: zone, max_players: PLACES });
      // In a game, its own server tells the host; here the host is a neighbour.
      await hosts.find(({ number }) => number === made.host_id)?.begin(made.session_id);
      return made;
    } catch (error) {
      if (error instanceof Refusal && [400, 404, 409, 503].includes(error.status)) return null;
      throw error;
    }
  }

  /** Connects to the session's host. */
  async function connect({ session_id: session, host_id }: Session, player: string, bearer: Bearer) {
    const host = hosts.find(({ number }) => number === host_id)?.id;
    const { promise: isAnswered, resolve } = Promise.withResolvers<boolean>();
    const ended = new AbortController();
    const line = openLine(scene, bearer, {
      path: () => `/api/signaling/ws?session_id=${session}&peer_id=${player}`,
      hello: () => Promise.resolve({ type: "join" }),
      heard(message) {
        const { type, peers = [] } = message as { readonly type: string; readonly peers?: readonly string[] };
        if (type === "answer") resolve(true);
        if (type !== "session-joined") return;
        const to_peer_id = host ?? peers[0];
        line.send({ type: "offer", to_peer_id, sdp: description(dice) });
        for (let more = 3; more > 0; more--) line.send({ type: "ice-candidate", to_peer_id, ...candidate(dice) });
      },
      ended() {
        resolve(false);
        ended.abort();
      },
    });
    const isMet = await Promise.race([isAnswered, pause(PATIENCE_MS, signal).then(() => signal.aborted)]);
    return { line, isMet, over: AbortSignal.any([signal, ended.signal]) };
  }

  async function play(session: Session, player: string, client: Client, bearer: Bearer): Promise<Outcome> {
    const path = `/api/sessions/${session.session_id}/players`;
    await client.post(path, { player_id: player });
    players++;
    try {
      const { line, isMet, over } = await connect(session, player, bearer);
      try {
        if (isMet) await pause(lasting(dice, mean), over);
        line.send({ type: "leave" });
      } finally {
        line.close();
      }
      // A session that has ended has sent everybody home.
      await takeAway(scene, () => client.delete(`${path}/${player}`));
      return isMet ? "done" : "unlucky";
    } finally {
      players--;
    }
  }

  return {
    async live() {
      await openZones();
      await Promise.all(hosts.map((one) => one.run()));
    },
    async act() {
      if (opened.length === 0) return "unlucky";
      const player = `player-${letters(dice, 10)}`;
      const bearer = scene.tokens.of({ sub: player, scope: "client", player_id: player });
      const client = scene.client.as(bearer);
      const session = await sessionIn(zoneOf(dice.pick(zones)), client);
      if (session === null) return "unlucky";
      try {
        return await play(session, player, client, bearer);
      } catch (error) {
        // Somebody was quicker, or the host has just ended it.
        if (error instanceof Refusal && [400, 404, 409].includes(error.status)) return "unlucky";
        throw error;
      }
    },
    now: () => ({
      hosts: hosts.filter(({ isThere }) => isThere).length,
      sessions: hosts.reduce((sum, { sessions }) => sum + sessions, 0),
      players,
    }),
    async clear() {
      for (const zone of opened) {
        await takeAway(scene, () => operator.patch(`/api/zones/${zone}`, { status: "DISABLED" }));
      }
    },
  };
}
