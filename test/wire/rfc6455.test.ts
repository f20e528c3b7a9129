import { afterAll, describe, expect, test } from "bun:test";
import { arenaClient } from "../support/arena-client.ts";
import { coordinatorClient } from "../support/coordinator-client.ts";
import { frameOf, handshake, OP, RawSocket, type WireFrame } from "../support/raw-socket.ts";
import { startServer } from "../support/server.ts";

const server = await startServer();
const { session_id: session } = await coordinatorClient(() => `${server.url}/api`).session();
const { id: match } = await arenaClient(() => server.url).match();

afterAll(async () => {
  expect(await server.stop()).toBe(0);
  expect(server.output()).not.toContain('"level":"error"');
});

let names = 0;

/** Every path that takes a WebSocket; each call names one that nobody else is at. */
const paths: Readonly<Record<string, () => string>> = {
  "/signaling": () => `/signaling?roomId=room-${names++}`,
  "/socket/": () => "/socket/",
  "/api/signaling/ws": () => `/api/signaling/ws?peer_id=peer-${names++}&session_id=${session}`,
  "/ws/match/{id}": () => `/ws/match/${match}`,
  "/ws/stream/{id}": () => `/ws/stream/${match}`,
  "/socket.io/": () => "/socket.io/?EIO=4&transport=websocket",
};

const text = (payload: string | Uint8Array, more = {}) => frameOf(OP.text, payload, more);
const code = (number: number): Uint8Array => new Uint8Array([number >> 8, number & 255]);
const bytes = (...all: number[]): Uint8Array => new Uint8Array(all);

/** A length as 64 bits, of a frame that will not come. */
const announced = (...length: number[]): Uint8Array => bytes(0x81, 0xff, ...length, 1, 2, 3, 4);

/** What breaks the rules, and the code that the connection is then closed with. */
const broken: readonly (readonly [what: string, sent: readonly Uint8Array[], code: number])[] = [
  ["a continuation of nothing", [frameOf(OP.continuation, "x")], 1002],
  ["a message within a message", [text("a", { final: false }), text("b")], 1002],
  ["a ping in pieces", [frameOf(OP.ping, "x", { final: false })], 1002],
  ["a close in pieces", [frameOf(OP.close, code(1000), { final: false })], 1002],
  ...[4, 2, 1].map((bit) => [`reserved bit ${bit}`, [text("{}", { reserved: bit })], 1002] as const),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((op) => [`opcode ${op}`, [frameOf(op, "x")], 1002] as const),
  ...[OP.ping, OP.pong].map((op) => [`126 bytes in opcode ${op}`, [frameOf(op, "x".repeat(126))], 1002] as const),
  ["a close of 126 bytes", [frameOf(OP.close, Buffer.concat([code(1000), Buffer.alloc(124, 120)]))], 1002],
  ["a message without a mask", [text("{}", { masked: false })], 1002],
  ["a ping without a mask", [frameOf(OP.ping, "x", { masked: false })], 1002],
  ["text that is no UTF-8", [text(bytes(0x22, 0xff, 0x22))], 1007],
  ["text with half a surrogate pair", [text(bytes(0x22, 0xed, 0xa0, 0x80, 0x22))], 1007],
  ["text with an overlong slash", [text(bytes(0xc0, 0xaf))], 1007],
  ["text that ends within a character", [text(bytes(0x22, 0xce))], 1007],
  [
    "text in pieces that is no UTF-8 only as a whole",
    [text(bytes(0x22, 0xce), { final: false }), frameOf(OP.continuation, bytes(0x22))],
    1007,
  ],
  ["a reason that is no UTF-8", [frameOf(OP.close, bytes(3, 232, 0xff))], 1007],
  ["half a close code", [frameOf(OP.close, bytes(3))], 1002],
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map(
    (number) => [`close code ${number}`, [frameOf(OP.close, code(number))], 1002] as const,
  ),
  ["2^63 announced", [announced(0x80, 0, 0, 0, 0, 0, 0, 0)], 1009],
  ["2^63 - 1 announced", [announced(0x7f, 255, 255, 255, 255, 255, 255, 255)], 1009],
  ["8 GiB announced", [announced(0, 0, 0, 2, 0, 0, 0, 0)], 1009],
  ["2 MiB announced", [announced(0, 0, 0, 0, 0, 32, 0, 0)], 1009],
];

for (const [path, ask] of Object.entries(paths)) {
  describe(`RFC 6455 on ${path}`, () => {
    const open = async (): Promise<RawSocket> => {
      const socket = await RawSocket.open(server.port, handshake(ask()));
      expect(socket.status).toBe(101);
      return socket;
    };
    /** What comes until the ping that is sent now is answered. */
    const untilPong = (socket: RawSocket, mark = "here"): Promise<readonly WireFrame[]> => {
      const come: WireFrame[] = [];
      return new Promise((done, fail) => {
        socket.onFrame = (frame) => {
          if (frame.opcode === OP.pong && frame.payload.toString() === mark) done(come);
          else come.push(frame);
        };
        void socket.ended.then(() => fail(new Error("it was closed")));
        socket.write(frameOf(OP.ping, mark));
      });
    };

    test("whatever breaks the rules ends its own connection, and no other", async () => {
      const neighbour = await open();
      const ends = await Promise.all(
        broken.map(async ([what, sent]) => {
          const socket = await open();
          socket.write(Buffer.concat([...sent]));
          const end = await socket.ended;
          return [what, end.code];
        }),
      );
      // A channel that takes less than the runtime says so itself, or the runtime first: 1009 either way.
      expect(ends).toEqual(broken.map(([what, , expected]) => [what, expected]));
      await untilPong(neighbour);
      neighbour.drop();
    });

    test("good closes are answered with their own code", async () => {
      for (const number of [1000, 1001, 1002, 1003, 1007, 1011, 3000, 4999]) {
        const socket = await open();
        socket.write(frameOf(OP.close, code(number)));
        expect((await socket.ended).code).toBe(number);
      }
      const socket = await open();
      socket.write(frameOf(OP.close, ""));
      expect((await socket.ended).code).toBe(1005);
    });

    test("nothing is heard behind a close", async () => {
      const socket = await open();
      await untilPong(socket);
      const come: number[] = [];
      socket.onFrame = ({ opcode }) => come.push(opcode);
      const close = frameOf(OP.close, code(1000));
      socket.write(Buffer.concat([close, frameOf(OP.ping, "x"), text("{}"), close]));
      await socket.ended;
      expect(come.filter((opcode) => opcode === OP.pong || opcode === OP.text)).toEqual([]);
      expect(come.filter((opcode) => opcode === OP.close)).toHaveLength(1);
    });

    test("a ping is answered with its own bytes, also within a message in pieces", async () => {
      const socket = await open();
      await untilPong(socket, "\u00e9".repeat(62));
      await untilPong(socket, "");
      // What a client says of itself is no answer to anything.
      socket.write(frameOf(OP.pong, "unasked"));
      socket.write(text("{", { final: false }));
      await untilPong(socket, "between");
      socket.write(frameOf(OP.continuation, "", { final: false }));
      socket.write(frameOf(OP.continuation, "}"));
      await untilPong(socket, "behind").catch((error: Error) => {
        // Engine.IO closes on what is no packet of its own.
        if (path !== "/socket.io/") throw error;
      });
      socket.drop();
    });

    test("a frame that comes byte by byte is a frame", async () => {
      const socket = await open();
      const ping = untilPong(socket, "first");
      await ping;
      const answered = new Promise<string>((pong) => {
        socket.onFrame = ({ opcode, payload }) => {
          if (opcode === OP.pong) pong(payload.toString());
        };
      });
      for (const byte of frameOf(OP.ping, "slowly")) {
        socket.write(bytes(byte));
        await new Promise((next) => setImmediate(next));
      }
      expect(await answered).toBe("slowly");
      socket.drop();
    });

    test("a connection that is cut within a frame leaves nothing behind", async () => {
      const socket = await open();
      socket.write(announced(0, 0, 0, 0, 0, 0, 16, 0));
      socket.write(Buffer.from("{"));
      socket.drop();
      const next = await open();
      await untilPong(next);
      next.drop();
    });

    test("handshakes that break the rules are refused", async () => {
      const status = async (request: string): Promise<number> => {
        const socket = await RawSocket.open(server.port, request);
        socket.drop();
        return socket.status;
      };
      const refused: Readonly<Record<string, string>> = {
        "version 8": handshake(ask(), ["Sec-WebSocket-Version: 8"], ["Sec-WebSocket-Version"]),
        "no version": handshake(ask(), [], ["Sec-WebSocket-Version"]),
        "no key": handshake(ask(), [], ["Sec-WebSocket-Key"]),
        "a short key": handshake(ask(), ["Sec-WebSocket-Key: c2hvcnQ="], ["Sec-WebSocket-Key"]),
        "a key that is no base64": handshake(
          ask(),
          ["Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!!!"],
          ["Sec-WebSocket-Key"],
        ),
        "two keys": handshake(ask(), ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]),
        "no Connection": handshake(ask(), [], ["Connection"]),
        "Connection: close": handshake(ask(), ["Connection: close"], ["Connection"]),
        "no Upgrade": handshake(ask(), [], ["Upgrade"]),
        "Upgrade: h2c": handshake(ask(), ["Upgrade: h2c"], ["Upgrade"]),
        POST: handshake(ask()).replace("GET", "POST"),
        "no Host": handshake(ask(), [], ["Host"]),
      };
      const answers = Object.entries(refused).map(async ([what, request]) => [what, await status(request)] as const);
      const letIn = (await Promise.all(answers)).filter(([, one]) => one < 400 || one >= 500);
      expect(letIn).toEqual([]);
      expect(await status(handshake(ask(), ["Connection: keep-alive, Upgrade"], ["Connection"]))).toBe(101);
      // Compression is never agreed to, nor a protocol that nobody has.
      expect(await status(handshake(ask(), ["Sec-WebSocket-Extensions: permessage-deflate"]))).toBe(101);
    });
  });
}
