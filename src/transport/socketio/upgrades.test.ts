import { afterEach, beforeEach, describe, expect, spyOn, test, type Mock } from "bun:test";
import { eventually } from "../../../test/support/eventually.ts";
import { createMux, type SocketData } from "../websocket/mux.ts";
import { MAX_MESSAGE_BYTES } from "./bounds.ts";
import { createSocketIoDoor, type SocketIoDoor } from "./door.ts";

/** What the engine starts for an upgrade: what ends a poll that is held, and the end of its patience. In ms. */
const [NOOP_EACH_MS, PATIENCE_MS] = [100, 10_000];

interface Closed {
  readonly code: number;
  readonly reason: string;
}

describe("an upgrade that is broken off", () => {
  let door: SocketIoDoor;
  let server: Bun.Server<SocketData>;
  let errors: unknown[];
  /** The engine's timers that run. */
  let timers: Set<unknown>;
  let spies: Mock<any>[];

  beforeEach(() => {
    [errors, timers] = [[], new Set()];
    const { setInterval: every, setTimeout: after, clearInterval: stop, clearTimeout: cancel } = globalThis;
    const started = (start: any) => (run: any, ms: number) => {
      const timer = start(run, ms);
      if (ms === NOOP_EACH_MS || ms === PATIENCE_MS) timers.add(timer);
      return timer;
    };
    const stopped = (end: any) => (timer: any) => {
      timers.delete(timer);
      end(timer);
    };
    spies = [
      spyOn(globalThis, "setInterval").mockImplementation(started(every) as any),
      spyOn(globalThis, "setTimeout").mockImplementation(started(after) as any),
      spyOn(globalThis, "clearInterval").mockImplementation(stopped(stop)),
      spyOn(globalThis, "clearTimeout").mockImplementation(stopped(cancel)),
    ];
    const failed = (_name: string, error: unknown): void => void errors.push(error);
    door = createSocketIoDoor({ failed });
    server = Bun.serve<SocketData>({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request, self) => door.handleRequest(request, self),
      websocket: createMux({ maxPayloadLength: MAX_MESSAGE_BYTES, failed }).handler,
    });
  });
  afterEach(async () => {
    for (const spy of spies) spy.mockRestore();
    await server.stop(true);
    expect(errors).toEqual([]);
  });

  const path = (transport: string, sid = ""): string =>
    `127.0.0.1:${server.port}/socket.io/?EIO=4&transport=${transport}${sid === "" ? "" : `&sid=${sid}`}`;
  const open = async (): Promise<string> =>
    JSON.parse((await (await fetch(`http://${path("polling")}`)).text()).slice(1)).sid;
  const post = (sid: string, body: string): Promise<Response> =>
    fetch(`http://${path("polling", sid)}`, { method: "POST", body });
  const upgrading = async (sid: string) => {
    const socket = new WebSocket(`ws://${path("websocket", sid)}`);
    const closed = new Promise<Closed>((done) => (socket.onclose = ({ code, reason }) => done({ code, reason })));
    await new Promise((opened) => (socket.onopen = opened));
    return { socket, closed };
  };
  /** As far as the answer to the probe. */
  const probing = async (sid: string) => {
    const one = await upgrading(sid);
    const answer = new Promise((heard) => (one.socket.onmessage = ({ data }) => heard(data)));
    one.socket.send("2probe");
    expect(await answer).toBe("3probe");
    expect(timers.size).toBe(2);
    return one;
  };
  const rests = () => eventually("no timer of an upgrade is left", () => timers.size === 0);
  /** That a session polls and is heard. */
  const goesOn = async (sid: string): Promise<void> => {
    expect((await post(sid, "40")).status).toBe(200);
    expect(await (await fetch(`http://${path("polling", sid)}`)).text()).toInclude('40{"sid"');
  };

  const unexpected = { code: 1002, reason: "no step of an upgrade" };

  test.each([
    ["an upgrade without a probe", ["5"]],
    ["a message", ['42["join"]']],
    ["a ping of another kind", ["2"]],
    ["a close", ["1"]],
    ["nothing", [""]],
    ["a probe in bytes", [Buffer.from("2probe")]],
    ["a second probe", ["2probe", "2probe"]],
    ["a message behind the probe", ["2probe", "40"]],
    ["an upgrade with something behind it", ["2probe", "5x"]],
  ])("by %s is closed alone and leaves no timer", async (_, frames) => {
    const sid = await open();
    const { socket, closed } = await upgrading(sid);
    for (const frame of frames) socket.send(frame);
    expect(await closed).toEqual(unexpected);
    await rests();
    await goesOn(sid);
  });

  test("because its WebSocket is closed leaves no timer", async () => {
    const sid = await open();
    const { socket, closed } = await probing(sid);
    socket.close();
    await closed;
    await rests();
    await goesOn(sid);
  });

  test("because its WebSocket is lost leaves no timer", async () => {
    const sid = await open();
    const { socket } = await probing(sid);
    (socket as unknown as { terminate(): void }).terminate();
    await rests();
    await goesOn(sid);
  });

  test.each([
    ["its client ends the session", (sid: string) => post(sid, "1")],
    ["the session breaks the rules", (sid: string) => post(sid, "x")],
    ["the server ends the session", async () => door.polling().forEach((close) => close())],
  ])("because %s is closed and leaves no timer", async (_, end) => {
    const sid = await open();
    const { closed } = await probing(sid);
    await end(sid);
    expect(await closed).toEqual({ code: 1000, reason: "session closed" });
    await rests();
  });

  test("because a second one comes is not: the second is refused", async () => {
    const sid = await open();
    const { socket } = await probing(sid);
    const second = new WebSocket(`ws://${path("websocket", sid)}`);
    await new Promise((refused) => (second.onerror = refused));
    expect(timers.size).toBe(2);
    socket.send("5");
    await rests();
    socket.send("40");
    const answer = await new Promise((heard) => (socket.onmessage = ({ data }) => heard(data)));
    expect(answer).toStartWith('40{"sid"');
    socket.close();
  });

  test("because its client waits too long leaves no timer", async () => {
    const sid = await open();
    const { closed } = await probing(sid);
    await closed;
    await rests();
    await goesOn(sid);
  }, 20_000);
});
