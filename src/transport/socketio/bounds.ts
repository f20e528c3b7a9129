/** The largest message, in bytes: Socket.IO's own default, which its clients are told at the handshake. */
export const MAX_MESSAGE_BYTES = 1_000_000;
