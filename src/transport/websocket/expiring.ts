import type { Expiries } from "../limits/expiries.ts";
import type { Connection } from "./socket.ts";

/** Ours, in the range RFC 6455 leaves to applications: HTTP's 401 behind a 4. */
const EXPIRED = { code: 4401, reason: "token expired" };

/** The same connection, closed with 4401 when the token it came with ends, at `when` (in ms). */
export function expiring(connection: Connection, when: number | null, expiries: Expiries): Connection {
  if (when === null) return connection;
  let takeBack = (): void => undefined;
  return {
    open(socket) {
      takeBack = expiries.at(when, () => socket.close(EXPIRED.code, EXPIRED.reason));
      return connection.open(socket);
    },
    text: (text) => connection.text(text),
    binary: () => connection.binary(),
    pong: (mark) => connection.pong?.(mark),
    drained: () => connection.drained?.(),
    closed(code, reason) {
      takeBack();
      return connection.closed(code, reason);
    },
  };
}
