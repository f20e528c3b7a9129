import { CoordinatorChannel, type ChannelOptions } from "./coordinator-channel.ts";
import { Http, type CallOptions, type ClientOptions } from "./http.ts";
import type { Answer, Body, Query } from "./types.ts";

const id = encodeURIComponent;

/** The query of a fetch that waits. */
export interface FetchOptions extends CallOptions {
  /** Who asks. */
  readonly peer_id?: string;
  readonly to_peer_id?: string;
  /** The `cursor` of an earlier answer, or "0". */
  readonly after?: string;
  /** Seconds to wait if there is nothing, at most 25. */
  readonly wait?: number;
}

/**
 * Game worlds that their players' machines run: hosts, zones, sessions, signaling and figures.
 *
 * @example
 * import { Coordinator } from "rendezvous-client";
 *
 * const coordinator = new Coordinator({ url: "http://127.0.0.1:8080" });
 * const [host_id, zone_id] = [crypto.randomUUID(), crypto.randomUUID()];
 * await coordinator.registerHost({ host_id, player_id: "ann", player_name: "Ann", ip_address: "192.0.2.7", port: 7777 });
 * const { quality_score } = await coordinator.heartbeat(host_id, { latency_ms: 20, current_players: 0 });
 * console.log(quality_score, (await coordinator.host(host_id)).status, (await coordinator.hosts({ status: "ONLINE" })).length);
 *
 * await coordinator.createZone({ zone_id, zone_name: "meadow" });
 * await coordinator.updateZone(zone_id, { p2p_priority: 3 });
 * console.log((await coordinator.zone(zone_id)).status, (await coordinator.zones({ status: "ENABLED" })).length);
 *
 * const { session_id } = await coordinator.openSession({ zone_id, host_id });
 * await coordinator.activate(session_id);
 * await coordinator.addPlayer(session_id, "bob");
 * await coordinator.updateMetrics(session_id, { average_latency_ms: 31 });
 * console.log((await coordinator.session(session_id)).connected_players, (await coordinator.sessions({ zone_id })).length);
 *
 * // Signaling over HTTP; `connectPeer` does all of it over a WebSocket.
 * const [from, to] = [{ session_id, peer_id: "bob", to_peer_id: host_id }, { session_id, peer_id: host_id, to_peer_id: "bob" }];
 * await coordinator.postOffer({ ...from, sdp: "v=0 (an offer)" });
 * console.log((await coordinator.offer(session_id, { peer_id: host_id, after: "0", wait: 5 })).sdp);
 * await coordinator.postAnswer({ ...to, sdp: "v=0 (an answer)" });
 * console.log((await coordinator.answer(session_id, { peer_id: "bob" })).sdp);
 * await coordinator.postCandidate({ ...from, candidate: "", sdpMid: "0" });
 * console.log((await coordinator.candidates(session_id, { peer_id: host_id, after: "0" })).candidates.length);
 * console.log((await coordinator.dashboard()).sessions.active, (await coordinator.hostStatistics()).total_online);
 *
 * await coordinator.removePlayer(session_id, "bob");
 * await coordinator.endSession(session_id);
 * await coordinator.setMaintenance(host_id, true);
 * await coordinator.unregisterHost(host_id);
 */
export class Coordinator {
  readonly #http: Http;

  constructor(options?: ClientOptions) {
    this.#http = new Http(options);
  }

  /** Registers a host, or brings the one with that id up to date and back. */
  registerHost(host: Body<"registerHost">, call?: CallOptions): Promise<Answer<"registerHost">> {
    return this.#http.json("POST", "/api/hosts", { body: host, ...call });
  }

  /** Keeps a host alive and says what it measured. */
  heartbeat(hostId: string, figures: Body<"beatHost"> = {}, call?: CallOptions): Promise<Answer<"beatHost">> {
    return this.#http.json("POST", `/api/hosts/${id(hostId)}/heartbeat`, { body: figures, ...call });
  }

  /** One host. */
  host(hostId: string, call?: CallOptions): Promise<Answer<"getHost">> {
    return this.#http.json("GET", `/api/hosts/${id(hostId)}`, call);
  }

  /** Hosts, best first. */
  hosts(query?: Query<"listHosts">, call?: CallOptions): Promise<Answer<"listHosts">> {
    return this.#http.json("GET", "/api/hosts", { query, ...call });
  }

  /** Puts a host into maintenance, or takes it out: for operators. */
  setMaintenance(hostId: string, on: boolean, call?: CallOptions): Promise<Answer<"setHostMaintenance">> {
    const body = { status: on ? "MAINTENANCE" : "ONLINE" };
    return this.#http.json("PATCH", `/api/hosts/${id(hostId)}`, { body, ...call });
  }

  /** Forgets a host and ends its sessions. */
  async unregisterHost(hostId: string, call?: CallOptions): Promise<void> {
    await this.#http.text("DELETE", `/api/hosts/${id(hostId)}`, call);
  }

  /** Creates a zone. */
  createZone(zone: Body<"createZone">, call?: CallOptions): Promise<Answer<"createZone">> {
    return this.#http.json("POST", "/api/zones", { body: zone, once: true, ...call });
  }

  /** One zone. */
  zone(zoneId: string, call?: CallOptions): Promise<Answer<"getZone">> {
    return this.#http.json("GET", `/api/zones/${id(zoneId)}`, call);
  }

  /** Zones, by priority and name. */
  zones(query?: Query<"listZones">, call?: CallOptions): Promise<Answer<"listZones">> {
    return this.#http.json("GET", "/api/zones", { query, ...call });
  }

  /** Changes a zone. */
  updateZone(zoneId: string, zone: Body<"updateZone">, call?: CallOptions): Promise<Answer<"updateZone">> {
    return this.#http.json("PATCH", `/api/zones/${id(zoneId)}`, { body: zone, ...call });
  }

  /** Opens a session on a host, or on the best one. */
  openSession(session: Body<"openSession">, call?: CallOptions): Promise<Answer<"openSession">> {
    return this.#http.json("POST", "/api/sessions", { body: session, once: true, ...call });
  }

  /** One session and its players. */
  session(sessionId: string, call?: CallOptions): Promise<Answer<"getSession">> {
    return this.#http.json("GET", `/api/sessions/${id(sessionId)}`, call);
  }

  /** Sessions, newest first. */
  sessions(query?: Query<"listSessions">, call?: CallOptions): Promise<Answer<"listSessions">> {
    return this.#http.json("GET", "/api/sessions", { query, ...call });
  }

  /** Makes a pending session active. */
  async activate(sessionId: string, call?: CallOptions): Promise<void> {
    await this.#http.text("POST", `/api/sessions/${id(sessionId)}/activate`, { once: true, ...call });
  }

  /** Ends a session. */
  async endSession(sessionId: string, call?: CallOptions): Promise<void> {
    await this.#http.text("POST", `/api/sessions/${id(sessionId)}/end`, { once: true, ...call });
  }

  /** Says what a session's players measure. */
  async updateMetrics(sessionId: string, body: Body<"updateSessionMetrics">, call?: CallOptions): Promise<void> {
    await this.#http.text("PATCH", `/api/sessions/${id(sessionId)}/metrics`, { body, ...call });
  }

  /** Adds a player to a session; who is there already counts once. */
  async addPlayer(sessionId: string, playerId: string, call?: CallOptions): Promise<void> {
    await this.#http.text("POST", `/api/sessions/${id(sessionId)}/players`, { body: { player_id: playerId }, ...call });
  }

  /** Removes a player from a session. */
  async removePlayer(sessionId: string, playerId: string, call?: CallOptions): Promise<void> {
    await this.#http.text("DELETE", `/api/sessions/${id(sessionId)}/players/${id(playerId)}`, call);
  }

  /** Leaves an offer in the session's mailbox. */
  async postOffer(body: Body<"postOffer">, call?: CallOptions): Promise<void> {
    await this.#http.text("POST", "/api/signaling/offer", { body, ...call });
  }

  /** The newest offer, or the next one behind a cursor. Throws `NotFound` if there is none. */
  offer(sessionId: string, how?: FetchOptions): Promise<Answer<"getOffer">> {
    return this.#fetch("offer", sessionId, how);
  }

  /** Leaves an answer in the session's mailbox. */
  async postAnswer(body: Body<"postAnswer">, call?: CallOptions): Promise<void> {
    await this.#http.text("POST", "/api/signaling/answer", { body, ...call });
  }

  /** The newest answer, or the next one behind a cursor. Throws `NotFound` if there is none. */
  answer(sessionId: string, how?: FetchOptions): Promise<Answer<"getAnswer">> {
    return this.#fetch("answer", sessionId, how);
  }

  /** Leaves a candidate in the session's mailbox. An empty one says that there are no more. */
  async postCandidate(body: Body<"postIceCandidate">, call?: CallOptions): Promise<void> {
    await this.#http.text("POST", "/api/signaling/ice-candidate", { body, ...call });
  }

  /** Candidates, oldest first. */
  candidates(sessionId: string, how?: FetchOptions): Promise<Answer<"getIceCandidates">> {
    return this.#fetch("ice-candidates", sessionId, how);
  }

  /** Joins a session's signaling over a WebSocket that comes back by itself. */
  listen(options: ChannelOptions): CoordinatorChannel {
    return new CoordinatorChannel(this.#http, options);
  }

  /** How much there is of everything, and how it is doing. */
  dashboard(call?: CallOptions): Promise<Answer<"getDashboard">> {
    return this.#http.json("GET", "/api/monitoring/dashboard", call);
  }

  /** How good the online hosts are. */
  hostStatistics(call?: CallOptions): Promise<Answer<"getHostStatistics">> {
    return this.#http.json("GET", "/api/monitoring/hosts/stats", call);
  }

  #fetch<Found>(what: string, sessionId: string, { signal, ...query }: FetchOptions = {}): Promise<Found> {
    return this.#http.json("GET", `/api/signaling/${what}/${id(sessionId)}`, { query, signal });
  }
}
