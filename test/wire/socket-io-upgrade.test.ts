import { afterEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { connectChat } from "../support/chat-client.ts";
import { call } from "../support/http.ts";
import { frameOf, handshake, OP, RawSocket } from "../support/raw-socket.ts";
import { startServer, type RunningServer } from "../support/server.ts";

const POLLING = "/socket.io/?EIO=4&transport=polling";

/** The first steps of Engine.IO from polling to a WebSocket, each a frame. */
const [PROBE, UPGRADE] = ["2probe", "5"].map((packet) => frameOf(OP.text, packet)) as [Buffer, Buffer];

describe("an upgrade of Socket.IO from polling", () => {
  let server: RunningServer;
  afterEach(async () => {
    expect(await server.stop()).toBe(0);
  });

  const session = async (): Promise<string> => {
    const { status, body } = await call("GET", server.url + POLLING);
    expect(status).toBe(200);
    return JSON.parse(String(body).slice(1)).sid;
  };
  const upgrading = (sid: string): Promise<RawSocket> =>
    RawSocket.open(server.port, handshake(`/socket.io/?EIO=4&transport=websocket&sid=${sid}`));
  const post = (sid: string, packet: string) =>
    fetch(`${server.url}${POLLING}&sid=${sid}`, { method: "POST", body: packet });
  /** Processor time of the server, in ms. */
  const processorMs = (): number => {
    const fields = readFileSync(`/proc/${server.pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  };
  /** What part of a processor the server takes over a second in which nobody asks for anything. */
  const idleLoad = async (): Promise<number> => {
    const [began, before] = [performance.now(), processorMs()];
    await new Promise((over) => setTimeout(over, 1_000));
    return (processorMs() - before) / (performance.now() - began);
  };

  test("that probes without end is closed, and the server rests again", async () => {
    server = await startServer();
    const sid = await session();
    const socket = await upgrading(sid);
    const pongs: string[] = [];
    socket.onFrame = ({ opcode, payload }) => void (opcode === OP.text && pongs.push(payload.toString()));
    socket.write(Buffer.concat(Array(150_000).fill(PROBE)));
    expect(await socket.ended).toEqual({ code: 1002, reason: "no step of an upgrade" });
    expect(pongs).toEqual(["3probe"]);
    // Its session goes on where it was.
    expect((await post(sid, "40")).status).toBe(200);
    expect(await (await fetch(`${server.url}${POLLING}&sid=${sid}`)).text()).toInclude("40");
    expect((await post(sid, "1")).status).toBe(200);
    expect(await idleLoad()).toBeLessThan(0.15);
  }, 30_000);

  test("counts on the messages of its session, and is closed alone past that budget", async () => {
    server = await startServer({ RATE_LIMIT_LOOPBACK: "on", BUDGETS: "message=socket:2/1h,address:1000/1h" });
    const sid = await session();
    expect((await post(sid, "40")).status).toBe(200);
    const socket = await upgrading(sid);
    socket.write(PROBE);
    socket.write(UPGRADE);
    expect(await socket.ended).toEqual({ code: 1008, reason: "too many messages" });
    expect(await (await fetch(`${server.url}${POLLING}&sid=${sid}`)).text()).toInclude("40");
  });

  test("counts as a handshake", async () => {
    server = await startServer({ RATE_LIMIT_LOOPBACK: "on", BUDGETS: "connect=address:3/1h" });
    const [one, other] = [await session(), await session()];
    const socket = await upgrading(one);
    expect(socket.status).toBe(101);
    socket.drop();
    expect((await upgrading(other)).status).toBe(429);
    // Who may not upgrade goes on polling.
    expect((await post(other, "40")).status).toBe(200);
  });

  test("is refused while it lasts, and after it failed", async () => {
    server = await startServer();
    const sid = await session();
    const socket = await upgrading(sid);
    expect((await upgrading(sid)).status).toBe(400);
    socket.write(PROBE);
    const answered = await new Promise((heard) => (socket.onFrame = ({ payload }) => heard(payload.toString())));
    expect(answered).toBe("3probe");
    socket.drop();
    expect((await upgrading(sid)).status).toBe(400);
  });

  test("is none of a session whose id is empty: that is a new one, and counts as one", async () => {
    server = await startServer({
      ...{ RATE_LIMIT_LOOPBACK: "on", SOCKETS_PER_ADDRESS: "2" },
      ...{ AUTH_MODE: "token", JWT_SECRET: "a secret of at least thirty-two bytes, for tests" },
    });
    const ask = (query: string) => call("GET", `${server.url}${POLLING}${query}`);
    expect((await ask("&sid=&access_token=bad")).status).toBe(401);
    expect([(await ask("&sid=")).status, (await ask("&sid=")).status, (await ask("&sid=")).status]).toEqual([
      200, 200, 429,
    ]);
  });

  test("of the unmodified client goes on over the WebSocket, though frames and handshakes are counted", async () => {
    const budgets = "connect=address:2/1h;message=socket:5/1h";
    server = await startServer({ RATE_LIMIT_LOOPBACK: "on", BUDGETS: budgets });
    const client = await connectChat(server.url);
    const { engine } = client.socket.io;
    if (engine.transport.name !== "websocket") await new Promise<void>((done) => engine.once("upgrade", () => done()));
    expect(engine.transport.name).toBe("websocket");
    client.send("join", { name: "Ada", age: 30, gender: "female" });
    await client.next("waiting");
    client.close();
  });
});
