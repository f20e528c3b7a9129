import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import {
  AttributeType,
  decodeMessage,
  encodeMessage,
  type Attribute,
  type MessageClass,
  type StunMessage,
} from "../../src/adapters/turn/message.ts";
import { text } from "../../src/adapters/turn/values.ts";

/** A STUN server on the loopback that answers what the test says. */
export interface ScriptedStun {
  readonly port: number;
  /** Everything that came in, retransmissions included. */
  readonly requests: readonly StunMessage[];
  stop(): void;
}

/** The bytes to send back to the n-th request, counted from 0. None: silence. */
export type Script = (request: StunMessage, n: number) => readonly Uint8Array[];

export function startScriptedStun(transport: "udp" | "tcp", script: Script): Promise<ScriptedStun> {
  const requests: StunMessage[] = [];
  const answersTo = (bytes: Buffer): readonly Uint8Array[] => {
    const request = decodeMessage(bytes);
    if (request === null) return [];
    requests.push(request);
    return script(request, requests.length - 1);
  };
  return new Promise((started) => {
    if (transport === "udp") {
      const socket = createSocket("udp4");
      // A client that has gone does not end the server.
      socket.on("error", () => {});
      socket.on("message", (bytes, from) => {
        for (const answer of answersTo(bytes)) socket.send(answer, from.port, from.address);
      });
      socket.bind(0, "127.0.0.1", () =>
        started({ port: socket.address().port, requests, stop: () => void socket.close() }),
      );
      return;
    }
    const server = createServer((socket) => {
      socket.on("error", () => {});
      // Requests are small and come one at a time: each arrives in one piece over the loopback.
      socket.on("data", (bytes: Buffer) => {
        for (const answer of answersTo(bytes)) socket.write(answer);
      });
    });
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("no port");
      started({ port: address.port, requests, stop: () => void server.close() });
    });
  });
}

/** An answer to `request`, signed if there is a key. */
export function answer(
  request: StunMessage,
  kind: MessageClass,
  attributes: readonly Attribute[],
  key?: Uint8Array,
): Buffer {
  const { method, transactionId } = request;
  return encodeMessage({ method, class: kind, transactionId, attributes }, key === undefined ? {} : { key });
}

export function errorCode(code: number, reason = ""): Attribute {
  const head = Buffer.from([0, 0, Math.floor(code / 100), code % 100]);
  return { type: AttributeType.errorCode, value: Buffer.concat([head, Buffer.from(reason)]) };
}

/** What a server adds to 401 and 438. */
export function challenge(nonce: string, realm = "test.invalid"): Attribute[] {
  return [text(AttributeType.realm, realm), text(AttributeType.nonce, nonce)];
}

/** An XOR-hidden IPv4 address. */
export function xorAddress(type: number, address: string, port: number): Attribute {
  const mask = [0x21, 0x12, 0xa4, 0x42];
  const bytes = address.split(".").map((part, index) => Number(part) ^ mask[index]!);
  const hidden = port ^ 0x2112;
  return { type, value: Buffer.from([0, 1, hidden >> 8, hidden & 0xff, ...bytes]) };
}
