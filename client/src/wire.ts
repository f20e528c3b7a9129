// Written by `npm run client:types` out of the server's OpenAPI and AsyncAPI documents. Not to be changed by hand.
// One file, because nobody writes it: what belongs together stands together in those documents.

/** Schemas that several operations share. */
export interface Schemas {
  SignedIn: { email: string; token: string; token_id: string; expires_at: string };
  AccountToken: { id: string; name: string | null; user_agent: string | null; created_at: string; last_used_at: string; expires_at: string; current: boolean };
  Contact: { email: string; status: "accepted" | "incoming" | "outgoing" | "blocked"; since: string };
  ArenaFault: { type: string; loc: Array<string | number>; msg: string; input: unknown; ctx?: { [key: string]: unknown } };
}

/** What each operation of the HTTP API takes and answers, by its id. */
export interface Operations {
  /** Registers a host or keeps it alive */
  hostHeartbeat: {
    query: undefined;
    body: { hostId: string; roomId: string; region?: string | null; status?: "idle" | "busy" | null; publicIp?: string | null; gameInfo?: { [key: string]: unknown } | null };
    answer: { success: true; ttl: number };
  };
  /** Marks a host as busy or idle */
  setHostStatus: {
    query: undefined;
    body: { hostId: string; status: "idle" | "busy" };
    answer: { success: true };
  };
  /** Takes a host out of the pool at once */
  removeHost: {
    query: undefined;
    body: undefined;
    answer: { success: true };
  };
  /** Finds an idle host and keeps it for the caller */
  findHost: {
    query: undefined;
    body: { region?: string | null };
    answer: { found: true; roomId: string; signalingUrl: string; iceServers: Array<{ urls: string; username?: string; credential?: string }> };
  };
  /** Registers a host, or brings one back */
  registerHost: {
    query: undefined;
    body: { host_id: string; player_id: string; player_name: string; ip_address: string; port: number; public_ip?: string | null; cpu_cores?: number | null; cpu_frequency_mhz?: number | null; memory_mb?: number | null; network_speed_mbps?: number | null; max_players?: number | null; max_zones?: number | null; ice_servers?: Array<{ urls: string | Array<string>; username?: string | null; credential?: string | null }> | null };
    answer: { id: number; host_id: string; status: "ONLINE" | "OFFLINE" | "BUSY" | "MAINTENANCE"; quality_score: number; player_id: string; created_at: string };
  };
  /** Lists hosts, best first */
  listHosts: {
    query: { status?: "ONLINE" | "OFFLINE" | "BUSY" | "MAINTENANCE"; min_quality_score?: number; limit?: number; offset?: number };
    body: undefined;
    answer: Array<{ id: number; host_id: string; status: "ONLINE" | "OFFLINE" | "BUSY" | "MAINTENANCE"; quality_score: number }>;
  };
  /** Shows a host */
  getHost: {
    query: undefined;
    body: undefined;
    answer: { id: number; host_id: string; status: "ONLINE" | "OFFLINE" | "BUSY" | "MAINTENANCE"; quality_score: number; player_id: string; player_name: string; current_players: number; current_zones: number; latency_ms: number; packet_loss_percent: number };
  };
  /** Puts a host into maintenance, or takes it out */
  setHostMaintenance: {
    query: undefined;
    body: { status: "MAINTENANCE" | "ONLINE" };
    answer: { id: number; host_id: string; status: "ONLINE" | "OFFLINE" | "BUSY" | "MAINTENANCE"; quality_score: number };
  };
  /** Unregisters a host and ends its sessions */
  unregisterHost: {
    query: undefined;
    body: undefined;
    answer: { message: string };
  };
  /** Keeps a host alive and takes what it measured */
  beatHost: {
    query: undefined;
    body: { latency_ms?: number | null; packet_loss_percent?: number | null; bandwidth_usage_mbps?: number | null; current_players?: number | null };
    answer: { message: string; quality_score: number };
  };
  /** Creates a zone */
  createZone: {
    query: undefined;
    body: { zone_name: string; zone_display_name?: string | null; map_name?: string | null; max_players?: number | null; recommended_players?: number | null; p2p_enabled?: boolean | null; p2p_priority?: number | null; min_host_quality_score?: number | null; min_bandwidth_mbps?: number | null; max_latency_ms?: number | null; status?: "ENABLED" | "DISABLED" | "MAINTENANCE" | null; zone_id: string };
    answer: { id: number; zone_id: string; status: "ENABLED" | "DISABLED" | "MAINTENANCE"; p2p_enabled: boolean; zone_name: string; created_at: string };
  };
  /** Lists zones, by priority and name */
  listZones: {
    query: { p2p_enabled?: "0" | "1" | "true" | "false"; status?: "ENABLED" | "DISABLED" | "MAINTENANCE"; limit?: number; offset?: number };
    body: undefined;
    answer: Array<{ id: number; zone_id: string; status: "ENABLED" | "DISABLED" | "MAINTENANCE"; p2p_enabled: boolean; zone_name: string }>;
  };
  /** Shows a zone */
  getZone: {
    query: undefined;
    body: undefined;
    answer: { id: number; zone_id: string; status: "ENABLED" | "DISABLED" | "MAINTENANCE"; p2p_enabled: boolean; zone_name: string; active_sessions: number; total_players_served: number };
  };
  /** Changes a zone */
  updateZone: {
    query: undefined;
    body: { zone_name?: string; zone_display_name?: string; map_name?: string; max_players?: number; recommended_players?: number; p2p_enabled?: boolean; p2p_priority?: number; min_host_quality_score?: number; min_bandwidth_mbps?: number; max_latency_ms?: number | null; status?: "ENABLED" | "DISABLED" | "MAINTENANCE" };
    answer: { id: number; zone_id: string; status: "ENABLED" | "DISABLED" | "MAINTENANCE"; p2p_enabled: boolean };
  };
  /** Opens a session on a host, or on the best one */
  openSession: {
    query: undefined;
    body: { host_id?: string | null; zone_id: string; max_players?: number | null };
    answer: { id: number; session_id: string; host_id: number; zone_id: number; status: "PENDING" | "ACTIVE" | "ENDED" | "FAILED"; max_players: number; current_players: number; created_at: string };
  };
  /** Lists sessions, newest first */
  listSessions: {
    query: { status?: "PENDING" | "ACTIVE" | "ENDED" | "FAILED"; host_id?: string; zone_id?: string; limit?: number; offset?: number };
    body: undefined;
    answer: Array<{ id: number; session_id: string; host_id: number; zone_id: number; status: "PENDING" | "ACTIVE" | "ENDED" | "FAILED"; max_players: number; current_players: number; created_at: string }>;
  };
  /** Shows a session and its players */
  getSession: {
    query: undefined;
    body: undefined;
    answer: { id: number; session_id: string; host_id: number; zone_id: number; status: "PENDING" | "ACTIVE" | "ENDED" | "FAILED"; current_players: number; connected_players: Array<string>; average_latency_ms: number };
  };
  /** Makes a pending session active */
  activateSession: {
    query: undefined;
    body: undefined;
    answer: { message: string };
  };
  /** Ends a session */
  endSession: {
    query: undefined;
    body: undefined;
    answer: { message: string };
  };
  /** Takes what a session's players measure */
  updateSessionMetrics: {
    query: undefined;
    body: { average_latency_ms?: number | null; average_packet_loss_percent?: number | null; bandwidth_usage_mbps?: number | null; quality_score?: number | null };
    answer: { message: string };
  };
  /** Adds a player to a session */
  addPlayer: {
    query: undefined;
    body: { player_id: string };
    answer: { message: string };
  };
  /** Removes a player from a session */
  removePlayer: {
    query: undefined;
    body: undefined;
    answer: { message: string };
  };
  /** Leaves an offer for the other peers of a session */
  postOffer: {
    query: undefined;
    body: { session_id: string; peer_id: string; to_peer_id?: string | null; sdp: string };
    answer: { message: string };
  };
  /** The newest offer of a session, or the next one behind a cursor */
  getOffer: {
    query: { peer_id?: string; to_peer_id?: string; after?: string; wait?: string };
    body: undefined;
    answer: { peer_id: string; sdp: string; to_peer_id?: string | null; cursor?: string; polite?: boolean | null };
  };
  /** Leaves an answer for the other peers of a session */
  postAnswer: {
    query: undefined;
    body: { session_id: string; peer_id: string; to_peer_id?: string | null; sdp: string };
    answer: { message: string };
  };
  /** The newest answer of a session, or the next one behind a cursor */
  getAnswer: {
    query: { peer_id?: string; to_peer_id?: string; after?: string; wait?: string };
    body: undefined;
    answer: { peer_id: string; sdp: string; to_peer_id?: string | null; cursor?: string };
  };
  /** Leaves an ICE candidate for the other peers of a session */
  postIceCandidate: {
    query: undefined;
    body: { session_id: string; peer_id: string; to_peer_id?: string | null; candidate: string; sdpMid?: string | null; sdpMLineIndex?: number | null; usernameFragment?: string | null };
    answer: { message: string };
  };
  /** The ICE candidates of a session, oldest first */
  getIceCandidates: {
    query: { peer_id?: string; to_peer_id?: string; after?: string; wait?: string };
    body: undefined;
    answer: { candidates: Array<{ peer_id: string; to_peer_id: string | null; candidate: string; sdpMid: string | null; sdpMLineIndex: number | null; usernameFragment: string | null }>; cursor: string };
  };
  /** How much there is of everything, and how it is doing */
  getDashboard: {
    query: undefined;
    body: undefined;
    answer: { hosts: { total: number; online: number; offline: number; average_quality_score: number }; zones: { total: number; enabled: number; disabled: number }; sessions: { total: number; active: number; inactive: number; total_players: number; average_latency_ms: number }; system: { postgres: "healthy" | "unhealthy" | "embedded"; redis: "healthy" | "unhealthy" | "embedded" } };
  };
  /** How good the online hosts are */
  getHostStatistics: {
    query: undefined;
    body: undefined;
    answer: { total_online: number; quality_distribution: { excellent: number; good: number; fair: number; poor: number } };
  };
  /** Makes an account and signs it in */
  signUp: {
    query: undefined;
    body: { email: string; password: string; invite?: string | null; name?: string | null };
    answer: Schemas["SignedIn"];
  };
  /** Signs in and hands out a token */
  signIn: {
    query: undefined;
    body: { email: string; password: string; name?: string | null };
    answer: Schemas["SignedIn"];
  };
  /** Revokes the token it is called with */
  signOut: {
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  /** Lists the caller's tokens, newest first */
  listTokens: {
    query: undefined;
    body: undefined;
    answer: { tokens: Array<Schemas["AccountToken"]> };
  };
  /** Revokes all tokens of the caller but the one in use */
  revokeOtherTokens: {
    query: undefined;
    body: undefined;
    answer: { revoked: number };
  };
  /** Revokes one token of the caller */
  revokeToken: {
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  /** Changes the caller's password and revokes all other tokens */
  changePassword: {
    query: undefined;
    body: { current_password: string; password: string };
    answer: { revoked: number };
  };
  /** Sets a password by an operator's one-time code */
  resetPassword: {
    query: undefined;
    body: { email: string; code: string; password: string };
    answer: undefined;
  };
  /** Forgets the caller and everything of it */
  deleteAccount: {
    query: undefined;
    body: { password?: string };
    answer: undefined;
  };
  /** Lists contacts and requests, by address */
  listContacts: {
    query: undefined;
    body: undefined;
    answer: { contacts: Array<Schemas["Contact"]> };
  };
  /** Changes what somebody is to the caller */
  changeContact: {
    query: undefined;
    body: { email: string; action?: "request" | "accept" | "decline" | "remove" | "block" | "unblock" };
    answer: { email: string; status: "accepted" | "incoming" | "outgoing" | "blocked" | "none"; since: string | null };
  };
  /** Asks somebody to be a contact */
  requestContact: {
    query: undefined;
    body: { email: string };
    answer: { email: string; status: "accepted" | "incoming" | "outgoing" | "blocked" | "none"; since: string | null };
  };
  /** Accepts a request */
  acceptContact: {
    query: undefined;
    body: { email: string };
    answer: { email: string; status: "accepted" | "incoming" | "outgoing" | "blocked" | "none"; since: string | null };
  };
  /** Declines a request */
  declineContact: {
    query: undefined;
    body: { email: string };
    answer: { email: string; status: "accepted" | "incoming" | "outgoing" | "blocked" | "none"; since: string | null };
  };
  /** Ends a contact or a request */
  removeContact: {
    query: undefined;
    body: { email: string };
    answer: { email: string; status: "accepted" | "incoming" | "outgoing" | "blocked" | "none"; since: string | null };
  };
  /** Blocks an address */
  blockContact: {
    query: undefined;
    body: { email: string };
    answer: { email: string; status: "accepted" | "incoming" | "outgoing" | "blocked" | "none"; since: string | null };
  };
  /** Takes a block back */
  unblockContact: {
    query: undefined;
    body: { email: string };
    answer: { email: string; status: "accepted" | "incoming" | "outgoing" | "blocked" | "none"; since: string | null };
  };
  /** Ends a contact or a request */
  deleteContact: {
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  /** Joins the queue, and whoever waits there */
  joinQueue: {
    query: undefined;
    body: { connect_code: string; fighter_name?: string | null; wallet_address?: string | null; agent_id?: number | null };
    answer: { queue_id: string; status: "waiting" | "matched" | "expired" | "cancelled"; position: number | null; match_id: string | null; opponent_code: string | null; opponent_wallet: string | null; opponent_agent_id: number | null };
  };
  /** Shows a place in the queue and keeps it */
  pollQueue: {
    query: undefined;
    body: undefined;
    answer: { queue_id: string; status: "waiting" | "matched" | "expired" | "cancelled"; position: number | null; match_id: string | null; opponent_code: string | null; opponent_wallet: string | null };
  };
  /** Leaves the queue */
  leaveQueue: {
    query: undefined;
    body: undefined;
    answer: { success: boolean };
  };
  /** Tells of a place in the queue as it changes */
  watchQueue: {
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  /** Shows a match */
  getMatch: {
    query: undefined;
    body: undefined;
    answer: { id: string; status: "playing" | "completed" | "expired"; p1_connect_code: string; p2_connect_code: string; p1_wallet: string | null; p2_wallet: string | null; p1_result: string | null; p2_result: string | null; winner_wallet: string | null; loser_wallet: string | null; winner_score: number | null; loser_score: number | null; result_timestamp: number | null; created_at: string; completed_at: string | null; wager_status: "proposed" | "accepted" | "declined" | "settled" | null; wager_amount: number | null; wager_id: number | null; wager_proposer: "p1" | "p2" | null };
  };
  /** Reports how the game ended for one side */
  reportResult: {
    query: undefined;
    body: { queue_id: string; outcome: string; duration_seconds?: number | null; stocks_remaining?: number | null; opponent_stocks?: number | null };
    answer: { success: true };
  };
  /** What both wallets sign */
  getTypedData: {
    query: undefined;
    body: undefined;
    answer: { domain: { name: string; version: string; chainId: number; verifyingContract: string }; types: { [key: string]: Array<{ name: string; type: string }> }; primaryType: string; message: { [key: string]: string | number } };
  };
  /** Submits a signature under the result */
  submitSignature: {
    query: undefined;
    body: { address: string; signature: string };
    answer: { match_id: string; signatures_received: number; ready_for_submission: boolean };
  };
  /** Lists the signatures under the result */
  getSignatures: {
    query: undefined;
    body: undefined;
    answer: { match_id: string; signatures_received: number; ready_for_submission: boolean; signatures: Array<{ address: string; signature: string; created_at: string }> };
  };
  /** Proposes a wager */
  proposeWager: {
    query: undefined;
    body: { queue_id: string; amount_wei: number; wager_id: number };
    answer: { match_id: string; wager_status: "proposed" | "accepted" | "declined" | "settled" | null; wager_amount: number | null; wager_id: number | null; wager_proposer: "p1" | "p2" | null };
  };
  /** Accepts the opponent's wager */
  acceptWager: {
    query: undefined;
    body: { queue_id: string };
    answer: { match_id: string; wager_status: "proposed" | "accepted" | "declined" | "settled" | null; wager_amount: number | null; wager_id: number | null; wager_proposer: "p1" | "p2" | null };
  };
  /** Declines or withdraws a wager */
  declineWager: {
    query: undefined;
    body: { queue_id: string };
    answer: { match_id: string; wager_status: "proposed" | "accepted" | "declined" | "settled" | null; wager_amount: number | null; wager_id: number | null; wager_proposer: "p1" | "p2" | null };
  };
  /** Shows how a wager stands */
  getWager: {
    query: undefined;
    body: undefined;
    answer: { match_id: string; wager_status: "proposed" | "accepted" | "declined" | "settled" | null; wager_amount: number | null; wager_id: number | null; wager_proposer: "p1" | "p2" | null };
  };
  /** Ranks the agents that were rated here */
  getLeaderboard: {
    query: { limit?: number; offset?: number };
    body: undefined;
    answer: { agents: Array<{ agent_id: number; elo: number; matches: number; wins: number; losses: number; draws: number; rank: number }>; limit: number; offset: number };
  };
  /** Shows an agent's rating and how it came about */
  getAgentRating: {
    query: { limit?: number; offset?: number };
    body: undefined;
    answer: { agent_id: number; elo: number; matches: number; wins: number; losses: number; draws: number; history: Array<{ match_id: string; opponent_agent_id: number; outcome: "won" | "lost" | "drawn"; elo_before: number; elo_after: number; created_at: string }> };
  };
  /** Begins the stream of a match */
  startStream: {
    query: undefined;
    body: { stage_id: number; players: Array<{ port: number; character_id?: number | null; connect_code?: string | null; display_name?: string | null }> };
    answer: { success: true; viewers: number };
  };
  /** Streams several frames */
  streamFrames: {
    query: undefined;
    body: { frames: Array<{ frame: number; players: Array<{ port: number | null; x?: number | null; y?: number | null; action_state_id?: number | null; action_frame?: number | null; facing_direction?: number | null; percent?: number | null; stocks?: number | null; shield_health?: number | null; is_invincible?: boolean | null; is_in_hitstun?: boolean | null }> }> };
    answer: { success: true; frames: number };
  };
  /** Streams one frame */
  streamFrame: {
    query: undefined;
    body: { frame: number; players: Array<{ port: number | null; x?: number | null; y?: number | null; action_state_id?: number | null; action_frame?: number | null; facing_direction?: number | null; percent?: number | null; stocks?: number | null; shield_health?: number | null; is_invincible?: boolean | null; is_in_hitstun?: boolean | null }> };
    answer: { success: true };
  };
  /** Ends a game of a match that is streamed */
  endStreamedGame: {
    query: undefined;
    body: { game_number: number; winner_port?: number | null; end_method?: string | null };
    answer: { success: true };
  };
  /** Ends the stream of a match */
  endStream: {
    query: undefined;
    body: { winner_port?: number | null; final_score?: Array<number> | null };
    answer: { success: true };
  };
  /** How many watch a match */
  countViewers: {
    query: undefined;
    body: undefined;
    answer: { match_id: string; viewers: number };
  };
  /** Shows what was streamed of a match */
  getReplay: {
    query: { game?: number };
    body: undefined;
    answer: { match_id: string; is_complete: boolean; started_at: string; updated_at: string; game_numbers: Array<number>; start: { [key: string]: unknown } | null; games: Array<{ game_number: number; frames: Array<{ [key: string]: unknown }>; end: { [key: string]: unknown } | null }>; end: { [key: string]: unknown } | null };
  };
  /** How many users, matches and waiting users there are */
  getVideoChatStats: {
    query: undefined;
    body: undefined;
    answer: { totalUsers: number; activeMatches: number; queues: { male: number; female: number } };
  };
  /** STUN and TURN servers with fresh credentials */
  getIceServers: {
    query: undefined;
    body: undefined;
    answer: { iceServers: Array<{ urls: string; username?: string; credential?: string }>; ttl: number; iceTransportPolicy?: "relay" };
  };
  /** A one-time ticket for a handshake */
  issueTicket: {
    query: undefined;
    body: undefined;
    answer: { ticket: string; expires_in: number };
  };
}

/** Messages of the sockets by channel: what clients `send`, and what they `hear`. */
export interface Channels {
  coordinatorSignaling: {
    send: {
      join: { type: "join"; to_peer_id?: string | null; target_peer_id?: string | null; to?: string | null; peer_id?: string | null; from?: string | null; session_id?: string | null };
      offer: { type: "offer"; to_peer_id?: string | null; target_peer_id?: string | null; to?: string | null; peer_id?: string | null; from?: string | null; session_id?: string | null; sdp: string | { sdp: string; [key: string]: unknown } };
      answer: { type: "answer"; to_peer_id?: string | null; target_peer_id?: string | null; to?: string | null; peer_id?: string | null; from?: string | null; session_id?: string | null; sdp: string | { sdp: string; [key: string]: unknown } };
      ice_candidate: { type: "ice-candidate"; to_peer_id?: string | null; target_peer_id?: string | null; to?: string | null; peer_id?: string | null; from?: string | null; session_id?: string | null; candidate: string | { candidate: string; sdpMid?: string | null; sdpMLineIndex?: number | null; usernameFragment?: string | null; [key: string]: unknown }; sdpMid?: string | null; sdpMLineIndex?: number | null; usernameFragment?: string | null };
      leave: { type: "leave"; to_peer_id?: string | null; target_peer_id?: string | null; to?: string | null; peer_id?: string | null; from?: string | null; session_id?: string | null };
    };
    hear: {
      session_joined: { type: "session-joined"; session_id: string; peers: Array<string> };
      session_left: { type: "session-left"; session_id: string };
      peer_joined: { type: "peer-joined"; peer_id: string };
      peer_left: { type: "peer-left"; peer_id: string };
      offer: { type: "offer"; peer_id: string; from: string; to_peer_id: string | null; cursor: string; sdp: string | { sdp: string; [key: string]: unknown }; polite: boolean };
      answer: { type: "answer"; peer_id: string; from: string; to_peer_id: string | null; cursor: string; sdp: string | { sdp: string; [key: string]: unknown } };
      ice_candidate: { type: "ice-candidate"; candidate: string | { candidate: string; sdpMid?: string | null; sdpMLineIndex?: number | null; usernameFragment?: string | null; [key: string]: unknown }; sdpMid?: string | null; sdpMLineIndex?: number | null; usernameFragment?: string | null; peer_id: string; from: string; to_peer_id: string | null; cursor: string };
      error: { type: "error"; detail: string; message: string };
    };
  };
  devices: {
    send: {
      register: { from_email?: string | null; from_token?: string | null; from_device?: string | null; to_email?: string | null; to_device?: string | null; event: "register"; payload?: { device_name?: string | null; device_type?: string | null } | null };
      check: { from_email?: string | null; from_token?: string | null; from_device?: string | null; to_email?: string | null; to_device?: string | null; event: "check"; payload?: unknown };
      connect: { from_email?: string | null; from_token?: string | null; from_device?: string | null; to_email?: string | null; to_device?: string | null; event: "connect"; payload?: unknown };
      ping: { from_email?: string | null; from_token?: string | null; from_device?: string | null; to_email?: string | null; to_device?: string | null; event: "ping"; payload?: unknown };
      try_connect: { from_email?: string | null; from_token?: string | null; from_device?: string | null; to_email?: string | null; to_device?: string | null; event: "try_connect"; payload?: unknown };
      sdp_offer: { from_email?: string | null; from_token?: string | null; from_device?: string | null; to_email?: string | null; to_device?: string | null; event: "sdp_offer"; payload?: unknown };
      sdp_answer: { from_email?: string | null; from_token?: string | null; from_device?: string | null; to_email?: string | null; to_device?: string | null; event: "sdp_answer"; payload?: unknown };
      ice_candidate: { from_email?: string | null; from_token?: string | null; from_device?: string | null; to_email?: string | null; to_device?: string | null; event: "ice_candidate"; payload?: unknown };
      disconnect: { from_email?: string | null; from_token?: string | null; from_device?: string | null; to_email?: string | null; to_device?: string | null; event: "disconnect"; payload?: unknown };
    };
    hear: {
      registered: { event: "register"; status: "ok"; socket_id: string };
      register_refused: { event: "register"; status: "error"; error: string };
      online: Array<{ email: string; devices: Array<{ device_id: string; socket_id: string; device_name: string | null; device_type: string | null }> }>;
      connected: { event: "connected"; status: "ok" };
      pong: { event: "pong"; timestamp: number };
      user_joined: { from_email: string; from_token: ""; from_device: string; to_email: ""; to_device: ""; event: "user_joined"; payload: { email: string; device_id: string } };
      user_left: { from_email: string; from_token: ""; from_device: string; to_email: ""; to_device: ""; event: "user_left"; payload: { email: string; device_id: string } };
      try_connect: { from_email?: string | null; from_device?: string | null; to_email?: string | null; to_device?: string | null; from_token?: ""; event: "try_connect"; [key: string]: unknown };
      sdp_offer: { from_email?: string | null; from_device?: string | null; to_email?: string | null; to_device?: string | null; from_token?: ""; event: "sdp_offer"; [key: string]: unknown };
      sdp_answer: { from_email?: string | null; from_device?: string | null; to_email?: string | null; to_device?: string | null; from_token?: ""; event: "sdp_answer"; [key: string]: unknown };
      ice_candidate: { from_email?: string | null; from_device?: string | null; to_email?: string | null; to_device?: string | null; from_token?: ""; event: "ice_candidate"; [key: string]: unknown };
      target_not_found: { event: "target_not_found"; error: string; target_email: string; target_device: string };
      error: { event: "error"; error: string; target_email?: string; target_device?: string };
    };
  };
  watchMatch: {
    send: {
    };
    hear: {
      match_start: { type: "match_start"; matchId: string; stageId: number; players: Array<{ port: number; characterId: number | null; connectCode: string | null; displayName: string | null }> };
      frame: { type: "frame"; frame: number; players: Array<{ port: number; [key: string]: unknown }> };
      game_end: { type: "game_end"; gameNumber: number; winnerPort: number | null; endMethod: string | null };
      match_end: { type: "match_end"; winnerPort: number | null; finalScore: Array<number> | null };
      ping: { type: "ping" };
    };
  };
  streamMatch: {
    send: {
      start: { type: "start"; stage_id: number; players: Array<{ port: number; character_id?: number | null; connect_code?: string | null; display_name?: string | null }> };
      frames: { type: "frames"; frames: Array<{ frame: number; players: Array<{ port: number | null; x?: number | null; y?: number | null; action_state_id?: number | null; action_frame?: number | null; facing_direction?: number | null; percent?: number | null; stocks?: number | null; shield_health?: number | null; is_invincible?: boolean | null; is_in_hitstun?: boolean | null }> }> };
      frame: { type: "frame"; frame: number; players: Array<{ port: number | null; x?: number | null; y?: number | null; action_state_id?: number | null; action_frame?: number | null; facing_direction?: number | null; percent?: number | null; stocks?: number | null; shield_health?: number | null; is_invincible?: boolean | null; is_in_hitstun?: boolean | null }> };
      game_end: { type: "game_end"; game_number: number; winner_port?: number | null; end_method?: string | null };
      end: { type: "end"; winner_port?: number | null; final_score?: Array<number> | null };
    };
    hear: {
      error: { type: "error"; detail: string | Array<{ [key: string]: unknown }> };
    };
  };
  rooms: {
    send: {
      offer: { type: "offer"; to?: string; [key: string]: unknown };
      answer: { type: "answer"; to?: string; [key: string]: unknown };
      ice_candidate: { type: "ice-candidate"; to?: string; [key: string]: unknown };
      bye: { type: "bye"; to?: string; [key: string]: unknown };
    };
    hear: {
      welcome: { type: "welcome"; peerId: string; peers: Array<string>; polite: boolean; iceServers: Array<{ urls: string; username?: string; credential?: string }>; resumeToken: string };
      resumed: { type: "resumed"; recovered: boolean };
      peer_joined: { type: "peer-joined"; peerId: string };
      peer_left: { type: "peer-left"; peerId: string };
      offer: { type: "offer"; from: string; [key: string]: unknown };
      answer: { type: "answer"; from: string; [key: string]: unknown };
      ice_candidate: { type: "ice-candidate"; from: string; [key: string]: unknown };
      bye: { type: "bye"; from: string; [key: string]: unknown };
      error: { type: "error"; code: string; message: string };
    };
  };
  videoChat: {
    send: {
      join: { name: string; age: number | string; gender: string };
      offer: { offer: unknown };
      answer: { answer: unknown };
      ice_candidate: { candidate: unknown };
      chat_message: string;
      stop: undefined;
    };
    hear: {
      waiting: { queuePosition: number };
      matched: { partner: { name: string; age: number }; initiator: boolean };
      offer: { offer: unknown; from: string };
      answer: { answer: unknown; from: string };
      ice_candidate: { candidate: unknown; from: string };
      chat_message: { message: string; from: string; timestamp: number };
      partner_disconnected: undefined;
      error: { message: string };
    };
  };
}
