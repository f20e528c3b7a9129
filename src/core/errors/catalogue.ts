/**
 * Every way the domain can refuse, by code. `status` is what HTTP says where a face's document does not say
 * otherwise; `message` is the default text. `docs/errors.md` lists them all, and a test keeps it so.
 */
export const catalogue = {
  host_not_found: { status: 404, message: "Host not found." },
  no_host_available: { status: 404, message: "No available hosts in this region." },
  room_full: { status: 409, message: "The room is full." },
  peer_not_found: { status: 404, message: "No such peer in this room." },
  bad_message: { status: 400, message: "The message could not be understood." },
  invalid_user_data: { status: 400, message: "Invalid user data" },
  zone_not_found: { status: 404, message: "Zone not found." },
  zone_exists: { status: 400, message: "Zone already exists." },
  below_current: { status: 400, message: "A maximum must not be below what there is." },
  session_refused: { status: 400, message: "The session cannot be opened." },
  session_full: { status: 400, message: "The session is full." },
  wrong_state: { status: 400, message: "The session is in another state." },
  player_not_found: { status: 404, message: "No such player in this session." },
  session_not_found: { status: 404, message: "Session not found." },
  nothing_posted: { status: 404, message: "Nothing of that kind is in the session's mailbox." },
  mailbox_full: { status: 429, message: "The session's mailbox is full." },
  queue_entry_not_found: { status: 404, message: "Queue entry not found" },
  match_not_found: { status: 404, message: "Match not found" },
  agent_not_found: { status: 404, message: "Agent not found" },
  not_a_participant: { status: 400, message: "This queue_id is not of this match." },
  report_refused: { status: 400, message: "The result cannot be reported." },
  wager_refused: { status: 400, message: "The wager does not allow this." },
  signature_refused: { status: 400, message: "The signature is not good." },
  malformed_token: { status: 401, message: "Invalid token format" },
  invalid_token: { status: 401, message: "The token is not good." },
  keys_unavailable: { status: 503, message: "Tokens cannot be checked right now; try again shortly." },
  draining: { status: 503, message: "The server is shutting down; try again elsewhere." },
  store_unavailable: { status: 503, message: "The store is not reachable; try again shortly." },
} as const satisfies Record<string, { readonly status: number; readonly message: string }>;

export type ErrorCode = keyof typeof catalogue;
