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
  draining: { status: 503, message: "The server is shutting down; try again elsewhere." },
  store_unavailable: { status: 503, message: "The store is not reachable; try again shortly." },
} as const satisfies Record<string, { readonly status: number; readonly message: string }>;

export type ErrorCode = keyof typeof catalogue;
