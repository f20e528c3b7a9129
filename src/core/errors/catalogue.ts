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
  malformed_token: { status: 401, message: "Invalid token format" },
  invalid_token: { status: 401, message: "The token is not good." },
  email_mismatch: { status: 401, message: "Email does not match token" },
  signup_closed: { status: 403, message: "Accounts cannot be made here." },
  bad_invite: { status: 403, message: "This takes an invite that has not been used and has not expired." },
  account_exists: { status: 409, message: "There is an account with this address already." },
  wrong_login: { status: 401, message: "Wrong email or password" },
  wrong_password: { status: 403, message: "The password is wrong." },
  bad_code: { status: 403, message: "The code is wrong, has been used or has expired." },
  no_password: { status: 400, message: "You sign in elsewhere: there is no password and no token of yours here." },
  too_many_attempts: { status: 429, message: "Too many wrong attempts; try again later." },
  passwords_busy: { status: 503, message: "Too many people are signing in right now; try again shortly." },
  token_not_found: { status: 404, message: "There is no such token." },
  own_address: { status: 400, message: "This is your own address." },
  contact_not_found: { status: 404, message: "This address is no contact of yours." },
  contact_blocked: { status: 409, message: "You have blocked this address; unblock it first." },
  contacts_full: { status: 409, message: "There are too many contacts or requests already." },
  keys_unavailable: { status: 503, message: "Tokens cannot be checked right now; try again shortly." },
  draining: { status: 503, message: "The server is shutting down; try again elsewhere." },
  store_unavailable: { status: 503, message: "The store is not reachable; try again shortly." },
} as const satisfies Record<string, { readonly status: number; readonly message: string }>;

export type ErrorCode = keyof typeof catalogue;
