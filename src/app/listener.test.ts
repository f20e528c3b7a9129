import { afterEach, beforeEach, expect, spyOn, test } from "bun:test";
import { eventually } from "../../test/support/eventually.ts";
import { openListener, type Listener } from "./listener.ts";

let listener: Listener;
const bad = { cert: "no certificate", key: "no key" };

beforeEach(() => {
  listener = openListener(
    {
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request, server) => (server.upgrade(request, { data: undefined }) ? undefined : new Response("here")),
      websocket: { open: (ws) => void ws.subscribe("channel"), message: () => undefined },
    },
    null,
  );
});
afterEach(() => listener.stop(true));

/** The port is taken for so many tries. */
function spyOnServe(times: number) {
  const serve = spyOn(Bun, "serve");
  for (let n = 0; n < times; n++) {
    serve.mockImplementationOnce(() => {
      throw new Error("taken");
    });
  }
  return serve;
}

const ask = async (): Promise<string> => (await fetch(listener.url, { keepalive: false })).text();

test("a certificate that cannot be served leaves everything as it was, however often it is tried", async () => {
  for (let n = 0; n < 2; n++) {
    expect(() => listener.renewTls(bad)).toThrow();
    expect(await ask()).toBe("here");
  }
});

test("where the old one cannot be served again at once either, the next try opens", async () => {
  const serve = spyOnServe(2);
  expect(() => listener.renewTls(bad)).toThrow("taken");
  serve.mockRestore();
  // The bad one fails once more, and what was served before it is served again.
  expect(() => listener.renewTls(bad)).toThrow();
  expect(await ask()).toBe("here");
});

test("one that is closed stays so, and opens when it is told to", async () => {
  listener.close();
  listener.open();
  expect(await ask()).toBe("here");
  listener.close();
  listener.renewTls(bad);
  await expect(ask()).rejects.toThrow();
});

test("what a channel is told comes to all who are in it, also to those who came before the port was closed for a while", async () => {
  const heard: string[] = [];
  const join = async (name: string): Promise<void> => {
    const socket = new WebSocket(listener.url.href.replace("http", "ws"));
    socket.onmessage = ({ data }) => heard.push(`${name} ${data}`);
    await new Promise((opened) => (socket.onopen = opened));
  };
  expect(listener.tell("channel", "nobody")).toBe(true);
  await join("early");
  listener.close();
  expect(listener.tell("channel", "while it is closed")).toBe(true);
  listener.open();
  expect(listener.tell("channel", "once it is open")).toBe(true);
  await join("late");
  expect(listener.tell("channel", "to both")).toBe(true);
  await eventually("all have heard", () => heard.length === 4);
  expect(heard.toSorted()).toEqual([
    "early once it is open",
    "early to both",
    "early while it is closed",
    "late to both",
  ]);
});
