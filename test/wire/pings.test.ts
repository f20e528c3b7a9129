import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { call } from "../support/http.ts";
import { frameOf, handshake, OP, RawSocket, type WireFrame } from "../support/raw-socket.ts";
import { startServer, type RunningServer } from "../support/server.ts";

/** As many messages as each socket may send. */
const BUDGET = 20;

let server: RunningServer;
beforeAll(async () => {
  const budgets = `message=socket:${BUDGET}/1h,address:1000/1h`;
  server = await startServer({ RATE_LIMIT_LOOPBACK: "on", BUDGETS: budgets });
});
afterAll(async () => {
  expect(await server.stop()).toBe(0);
});

let rooms = 0;
const session = async (): Promise<string> => {
  const { body } = await call("GET", `${server.url}/socket.io/?EIO=4&transport=polling`);
  return JSON.parse(String(body).slice(1)).sid;
};
const paths: Readonly<Record<string, () => string | Promise<string>>> = {
  "/signaling": () => `/signaling?roomId=room-${rooms++}`,
  "/socket/": () => "/socket/",
  "/socket.io/": () => "/socket.io/?EIO=4&transport=websocket",
  "an upgrade of /socket.io/": async () => `/socket.io/?EIO=4&transport=websocket&sid=${await session()}`,
};

describe.each(Object.keys(paths))("on %s", (where) => {
  const open = async (): Promise<RawSocket> => {
    const socket = await RawSocket.open(server.port, handshake(await paths[where]!()));
    expect(socket.status).toBe(101);
    return socket;
  };

  test.each([
    ["pings", OP.ping],
    ["pongs that answer nothing", OP.pong],
  ])("%s count as messages, and too many close the socket", async (_, opcode) => {
    const socket = await open();
    const isAnswered = new Promise<void>((done) => {
      socket.onFrame = ({ opcode: come, payload }) => {
        if (come === OP.pong && payload.toString() === "last") done();
      };
    });
    for (let n = 1; n < BUDGET; n++) socket.write(frameOf(opcode, "x"));
    socket.write(frameOf(OP.ping, "last"));
    await isAnswered;
    // One of the pongs may have answered a ping that the server sends to whoever comes.
    for (let n = 0; n < 2; n++) socket.write(frameOf(opcode, "x"));
    expect(await socket.ended).toEqual({ code: 1008, reason: "too many messages" });
  });
});

test("the pongs that a room asks for count as nothing", async () => {
  const path = `/signaling?roomId=room-${rooms++}`;
  const listener = await RawSocket.open(server.port, handshake(path));
  let pongs = 0;
  const answer = ({ opcode, payload }: WireFrame): void => {
    if (opcode !== OP.ping) return;
    listener.write(frameOf(OP.pong, payload));
    pongs++;
  };
  listener.onFrame = answer;
  // Who comes and goes is told with a ping behind it.
  while (pongs < 3 * BUDGET) {
    const guest = await RawSocket.open(server.port, handshake(path));
    guest.drop();
  }
  expect(await isHeard(listener)).toBe(true);
  listener.drop();
});

/** Whether a ping is answered. */
function isHeard(socket: RawSocket): Promise<boolean> {
  return new Promise((done) => {
    socket.onFrame = ({ opcode }) => void (opcode === OP.pong && done(true));
    void socket.ended.then(() => done(false));
    socket.write(frameOf(OP.ping, "still"));
  });
}
