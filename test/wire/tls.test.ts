import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { copyFileSync, renameSync, writeFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import { io } from "socket.io-client";
import { certificateFolder, type CertificateFiles } from "../support/certificates.ts";
import { rendezvous } from "../support/cli.ts";
import { eventually } from "../support/eventually.ts";
import { startServer, type RunningServer } from "../support/server.ts";

const folder = certificateFolder();
const first = folder.make("first");
const second = folder.make("second");
const trust = { ca: [first.pem, second.pem] };

afterAll(() => folder.remove());

/** Which certificate a new connection gets; null if there is none in the instant of a renewal. */
function presented(port: number): Promise<string | null> {
  return new Promise((told) => {
    const socket = connectTls({ port, host: "127.0.0.1", ...trust }, () => {
      const { CN } = socket.getPeerCertificate().subject;
      told(String(CN));
      socket.destroy();
    });
    socket.once("error", () => told(null));
  });
}

function ask(url: string, body?: object): Promise<Response> {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  return fetch(url, { ...init, tls: trust });
}

/** An open WebSocket and what it has heard. */
async function open(url: string): Promise<{ socket: WebSocket; heard: string[]; isClosed(): boolean }> {
  const socket = new WebSocket(url, { tls: trust } as unknown as string[]);
  const heard: string[] = [];
  let closed = false;
  socket.addEventListener("message", ({ data }) => heard.push(String(data)));
  socket.addEventListener("close", () => (closed = true));
  await new Promise((opened, failed) => {
    socket.addEventListener("open", opened);
    socket.addEventListener("error", failed);
  });
  return { socket, heard, isClosed: () => closed };
}

describe("a server with a certificate of its own", () => {
  let server: RunningServer;
  let files: CertificateFiles;

  beforeAll(async () => {
    files = folder.make("served");
    install(first);
    server = await startServer({ TLS_CERT: files.cert, TLS_KEY: files.key });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    install(first);
    await eventually("the first certificate is served", async () => (await presented(server.port)) === "first");
  });

  /** As those who renew certificates do it: a new file takes the old one's place. */
  function install(pair: CertificateFiles): void {
    for (const part of ["cert", "key"] as const) {
      copyFileSync(pair[part], `${files[part]}.new`);
      renameSync(`${files[part]}.new`, files[part]);
    }
  }

  test("speaks https and says so in every address it hands out", async () => {
    expect(server.url).toStartWith("https://");
    expect((await ask(`${server.url}/health`)).status).toBe(200);
    await ask(`${server.url}/api/host/heartbeat`, { hostId: "h", roomId: "r", region: "tls" });
    const found = (await (await ask(`${server.url}/api/match/find`, { region: "tls" })).json()) as {
      signalingUrl: string;
    };
    expect(found.signalingUrl).toStartWith(`wss://127.0.0.1:${server.port}/`);
    const { socket } = await open(`${found.signalingUrl}?roomId=r`);
    socket.close();
  });

  for (const transport of ["polling", "websocket"]) {
    test(`speaks Socket.IO by ${transport}`, async () => {
      const chat = io(server.url, { transports: [transport], rejectUnauthorized: false, reconnection: false });
      await new Promise((connected, failed) => {
        chat.on("connect", () => connected(null));
        chat.on("connect_error", failed);
      });
      chat.close();
    });
  }

  test("closes a connection that speaks plain HTTP, without a word", async () => {
    const socket = connectTcp(server.port, "127.0.0.1");
    socket.write("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let heard = "";
    socket.on("data", (data) => (heard += data.toString()));
    await new Promise((closed) => socket.once("close", closed));
    expect(heard).toBe("");
  });

  test("gives new connections the new certificate, while open sockets go on", async () => {
    const before = await open(`${server.wsUrl}/socket/`);
    install(second);
    await eventually("the second certificate is served", async () => (await presented(server.port)) === "second");
    before.socket.send(JSON.stringify({ event: "ping" }));
    await eventually("the old socket is answered", () => before.heard.some((text) => text.includes("pong")));
    expect(before.isClosed()).toBe(false);
    before.socket.close();
    expect((await ask(`${server.url}/health`)).status).toBe(200);
  });

  test("keeps the old certificate when the new one is broken, and says so once", async () => {
    const said = (): number => server.output().split("the old one stays").length - 1;
    const already = said();
    writeFileSync(files.cert, "no certificate");
    await eventually("the broken one is reported", () => said() === already + 1);
    expect(await presented(server.port)).toBe("first");
    copyFileSync(second.cert, files.cert);
    await eventually("the one without its key is reported", () => said() === already + 2);
    expect(await presented(server.port)).toBe("first");
    copyFileSync(second.key, files.key);
    await eventually("both fit again", async () => (await presented(server.port)) === "second");
    expect(server.output()).not.toContain("PRIVATE KEY");
  });

  test("serves on after many renewals in a row, with every open socket", async () => {
    const sockets: Awaited<ReturnType<typeof open>>[] = [];
    for (const pair of [second, first, second]) {
      sockets.push(await open(`${server.wsUrl}/socket/`));
      install(pair);
      const name = pair === first ? "first" : "second";
      await eventually(`${name} is served`, async () => (await presented(server.port)) === name);
    }
    for (const { socket } of sockets) socket.send(JSON.stringify({ event: "ping" }));
    await eventually("all are answered", () => sockets.every(({ heard }) => heard.length > 0));
    for (const { socket } of sockets) socket.close();
  }, 30_000);
});

describe("a certificate that cannot be served", () => {
  const refused: readonly (readonly [what: string, settings: Record<string, string>, said: string])[] = [
    ["without its key", { TLS_CERT: first.cert }, "TLS_CERT is set without TLS_KEY"],
    ["that is a key alone", { TLS_KEY: first.key }, "TLS_KEY is set without TLS_CERT"],
    ["that is not there", { TLS_CERT: "/nowhere.crt", TLS_KEY: first.key }, "/nowhere.crt (ENOENT)"],
    ["that is none", { TLS_CERT: first.key, TLS_KEY: first.key }, "TLS_CERT must name a file with a certificate"],
    ["whose key is none", { TLS_CERT: first.cert, TLS_KEY: first.cert }, "TLS_KEY must name a file with a private key"],
    ["with the key of another", { TLS_CERT: first.cert, TLS_KEY: second.key }, "is not the key of the certificate"],
  ];
  for (const [what, settings, said] of refused) {
    test(`${what} is refused at the start, and by check-config`, async () => {
      for (const command of ["serve", "check-config"]) {
        const { code, stderr } = await rendezvous([command], { PORT: "0", ...settings });
        expect([command, code]).toEqual([command, 2]);
        expect(stderr).toContain(said);
      }
    });
  }
});
