import { createSocket } from "node:dgram";
import { connect as connectTcp, isIPv6, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { messageLength } from "./message.ts";
import { failureOf, TurnFailure } from "./failure.ts";

/** A server's address, already looked up. */
export interface Target {
  readonly transport: "udp" | "tcp" | "tls";
  readonly address: string;
  readonly port: number;
  /** The name the certificate must carry; only for tls. */
  readonly serverName?: string;
  /** Certificates to trust instead of the machine's own, PEM; only for tls. */
  readonly trusted?: readonly string[];
}

/** A way to a server. `send` never throws: what goes wrong arrives at `failed`. */
export interface Wire {
  send(bytes: Buffer): void;
  close(): void;
}

export interface WireEvents {
  opened(): void;
  /** One datagram, or one STUN message of a stream. */
  received(bytes: Buffer): void;
  /** At most once. */
  failed(failure: TurnFailure): void;
}

/** Opens a way to a server; `opened` or `failed` follows. */
export function openWire(target: Target, events: WireEvents): Wire {
  return target.transport === "udp" ? openDatagrams(target, events) : openStream(target, events);
}

/** Connected, so that the kernel reports "port unreachable" and lets in no one but the server. */
function openDatagrams(target: Target, events: WireEvents): Wire {
  const socket = createSocket(isIPv6(target.address) ? "udp6" : "udp4");
  let open = true;
  const fail = once((error: Error) => events.failed(failureOf(error, "udp")));
  socket.on("error", fail);
  socket.on("message", (bytes) => {
    if (open) events.received(Buffer.from(bytes));
  });
  socket.connect(target.port, target.address, () => {
    if (open) events.opened();
  });
  return {
    send(bytes) {
      if (open) {
        socket.send(bytes, (error) => {
          if (error) fail(error);
        });
      }
    },
    close() {
      if (!open) return;
      open = false;
      socket.close();
    },
  };
}

function openStream(target: Target, events: WireEvents): Wire {
  const secure = target.transport === "tls";
  const fail = once(events.failed);
  const socket = secure ? secureSocket(target) : connectTcp(target.port, target.address);
  let pending = Buffer.alloc(0);
  socket.on(secure ? "secureConnect" : "connect", () => events.opened());
  socket.on("error", (error) => fail(failureOf(error, target.transport)));
  socket.on("close", () => fail(new TurnFailure("closed", "the server closed the connection")));
  socket.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 8) {
      const length = messageLength(pending);
      if (length === null) {
        fail(new TurnFailure("not-stun", "what came back was no STUN message"));
        socket.destroy();
        return;
      }
      if (pending.length < length) return;
      events.received(pending.subarray(0, length));
      pending = pending.subarray(length);
    }
  });
  return {
    send: (bytes) => void socket.write(bytes),
    close: () => void socket.destroy(),
  };
}

function secureSocket(target: Target): Socket {
  const name = target.serverName ?? target.address;
  return connectTls({
    host: target.address,
    port: target.port,
    // An address must not go into SNI (RFC 6066, 3); the certificate is checked against it all the same.
    ...(/[a-z]/i.test(name) && !isIPv6(name) ? { servername: name } : {}),
    ...(target.trusted === undefined ? {} : { ca: [...target.trusted] }),
  });
}

function once<Argument>(run: (argument: Argument) => void): (argument: Argument) => void {
  let done = false;
  return (argument) => {
    if (done) return;
    done = true;
    run(argument);
  };
}
