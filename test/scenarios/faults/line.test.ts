import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { connect, createServer, type Server, type Socket } from "node:net";
import { eventually } from "../../support/eventually.ts";
import { openLine, type FaultLine } from "./line.ts";

/** What a client sees of its connection. */
interface Client {
  readonly socket: Socket;
  text(): string;
  end(): "open" | "ended" | "broken";
}

describe("a line", () => {
  let server: Server;
  let line: FaultLine;
  let accepted: Socket[];
  /** What came to the server, a read at a time. */
  let reads: string[];
  let clients: Client[];

  beforeEach(async () => {
    [accepted, reads, clients] = [[], [], []];
    server = createServer((socket) => {
      accepted.push(socket);
      socket.on("error", () => undefined);
      socket.on("data", (bytes) => {
        reads.push(bytes.toString());
        socket.write(bytes);
      });
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    line = await openLine({ target: (server.address() as { port: number }).port });
  });
  afterEach(async () => {
    for (const { socket } of clients) socket.destroy();
    for (const socket of accepted) socket.destroy();
    await line.stop();
    server.close();
  });

  const dial = async (): Promise<Client> => {
    const socket = connect({ port: line.port, host: "127.0.0.1" });
    let [text, end]: [string, "open" | "ended" | "broken"] = ["", "open"];
    socket.on("data", (bytes) => (text += bytes.toString()));
    socket.on("error", () => (end = "broken"));
    socket.on("close", () => end === "open" && (end = "ended"));
    const client = { socket, text: () => text, end: () => end };
    clients.push(client);
    await new Promise<void>((ready, failed) => {
      socket.once("connect", ready);
      socket.once("error", failed);
    });
    return client;
  };
  const said = (client: Client, text: string): Promise<boolean> => eventually(text, () => client.text() === text);

  test("passes on what is said, both ways, and the end of it", async () => {
    const client = await dial();
    client.socket.write("hello");
    await said(client, "hello");
    expect(line.open()).toBe(1);
    client.socket.end();
    await eventually("closed", () => line.open() === 0);
  });

  test("adds latency each way and keeps the order in spite of jitter", async () => {
    await line.set({ latencyMs: 40, jitterMs: 20 });
    const client = await dial();
    const began = performance.now();
    const words = Array.from({ length: 20 }, (_, n) => `${n},`);
    for (const word of words) {
      client.socket.write(word);
      await new Promise((next) => setImmediate(next));
    }
    await said(client, words.join(""));
    expect(performance.now() - began).toBeGreaterThanOrEqual(80);
  });

  test("lets so many bytes through in a second", async () => {
    await line.set({ bytesPerSecond: 100_000 });
    const client = await dial();
    const began = performance.now();
    client.socket.write("x".repeat(20_000));
    await eventually("all of it", () => client.text().length === 20_000);
    expect(performance.now() - began).toBeGreaterThan(150);
  });

  test("slices what is sent into small pieces", async () => {
    await line.set({ slice: 3 });
    const client = await dial();
    client.socket.write("a sentence of several words");
    await said(client, "a sentence of several words");
    expect(reads.length).toBeGreaterThan(5);
  });

  test("holds back what is said while it is held, and hands it on when healed", async () => {
    const client = await dial();
    await line.set({ hold: "up" });
    client.socket.write("late");
    await eventually("it has connected", () => accepted.length === 1);
    accepted[0]!.write("news;");
    await said(client, "news;");
    expect(reads).toEqual([]);
    await line.heal();
    await said(client, "news;late");
  });

  test("does not take more than it can hold from a sender", async () => {
    const client = await dial();
    await line.set({ hold: "both" });
    const chunk = Buffer.alloc(1 << 20, "x");
    const most = 64;
    for (let n = 0; n < most; n++) client.socket.write(chunk);
    let left = 0;
    await eventually("it takes no more", () => left === (left = client.socket.writableLength));
    // The bound is the line's own and the kernel's buffers; far from all of it.
    expect(left).toBeGreaterThan((most / 2) * chunk.length);
    await line.heal();
    await eventually("all of it", () => client.text().length === most * chunk.length);
  });

  test("swallows one way or both; what has lost a byte is reset when healed", async () => {
    const client = await dial();
    const other = await dial();
    await line.set({ swallow: "down" });
    client.socket.write("heard");
    await eventually("the server hears it", () => reads.join("") === "heard");
    expect(client.text()).toBe("");
    await line.heal();
    await eventually("reset", () => client.end() === "broken");
    other.socket.write("whole");
    await said(other, "whole");
  });

  test("accepts while it swallows", async () => {
    await line.set({ swallow: "both" });
    const client = await dial();
    client.socket.write("lost");
    await eventually("it has connected", () => accepted.length === 1);
    expect([reads, client.end()]).toEqual([[], "open"]);
  });

  test("ends in an orderly way or resets, both ends", async () => {
    const first = await dial();
    first.socket.write("a");
    await said(first, "a");
    line.end();
    await eventually("ended", () => first.end() === "ended");
    const second = await dial();
    second.socket.write("b");
    await said(second, "b");
    let broke = "";
    accepted.at(-1)!.on("error", ({ message }) => (broke = message));
    line.reset();
    await eventually("broken", () => second.end() === "broken");
    await eventually("the server's end too", () => broke.includes("ECONNRESET"));
    expect(line.open()).toBe(0);
  });

  test("refuses, keeps what is open, and accepts again on the same port", async () => {
    const client = await dial();
    client.socket.write("a");
    await said(client, "a");
    await line.set({ refuse: true });
    await expect(dial()).rejects.toThrow("ECONNREFUSED");
    client.socket.write("b");
    await said(client, "ab");
    await line.heal();
    await line.cut();
    await eventually("ended", () => client.end() === "ended");
    await expect(dial()).rejects.toThrow("ECONNREFUSED");
    await line.heal();
    const next = await dial();
    next.socket.write("c");
    await said(next, "c");
  });
});
