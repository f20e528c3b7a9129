import { afterEach, describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import {
  answer,
  challenge,
  errorCode,
  startScriptedStun,
  xorAddress,
  type Script,
  type ScriptedStun,
} from "../../../test/support/scripted-stun.ts";
import { systemRandom } from "../system/random.ts";
import { AttributeType, Method, type StunMessage } from "./message.ts";
import { probeAllocation, probeBinding } from "./probe.ts";
import { longTermKey, textOf } from "./values.ts";

const credential = { username: "1893456000:alice", password: "MME/7rvfb/gOjpkB59+7AxlCLvk=" };
const key = longTermKey(credential.username, "test.invalid", credential.password);
const mapped = xorAddress(AttributeType.xorMappedAddress, "192.0.2.7", 4321);
const relayed = xorAddress(AttributeType.xorRelayedAddress, "198.51.100.9", 50_000);

const running: ScriptedStun[] = [];
afterEach(() => {
  for (const server of running.splice(0)) server.stop();
});

/** Time stands still unless the script moves it, so that nothing here waits. */
async function against(transport: "udp" | "tcp", script: (clock: ReturnType<typeof createVirtualClock>) => Script) {
  const clock = createVirtualClock();
  const server = await startScriptedStun(transport, script(clock));
  running.push(server);
  const target = { transport, address: "127.0.0.1", port: server.port };
  return { server, target, options: { clock, random: systemRandom, timeoutMs: 5_000, retransmitMs: 500 } };
}

const isSigned = (request: StunMessage) => textOf(request, AttributeType.username) !== undefined;
const nonceOf = (request: StunMessage) => textOf(request, AttributeType.nonce);

/** Behaves like a TURN server that knows our credential. */
const turnServer: Script = (request) => {
  if (request.method === Method.binding) return [answer(request, "success", [mapped])];
  if (!isSigned(request)) return [answer(request, "error", [errorCode(401), ...challenge("n1")])];
  return [answer(request, "success", request.method === Method.allocate ? [relayed] : [], key)];
};

describe.each(["udp", "tcp"] as const)("over %s", (transport) => {
  test("a binding tells where the server sees us", async () => {
    const { target, options } = await against(transport, () => turnServer);
    expect(await probeBinding(target, options)).toEqual({
      result: "answered",
      mapped: { address: "192.0.2.7", port: 4321 },
    });
  });

  test("an allocation is made with the long-term mechanism and freed again", async () => {
    const { target, options, server } = await against(transport, () => turnServer);
    expect(await probeAllocation(target, credential, options)).toEqual({
      result: "allocated",
      relayed: { address: "198.51.100.9", port: 50_000 },
      authenticated: true,
    });
    expect(server.requests.map((one) => [one.method, isSigned(one)])).toEqual([
      [Method.allocate, false],
      [Method.allocate, true],
      [Method.refresh, true],
    ]);
  });

  test("a server that wants no credential is told from one that does", async () => {
    const { target, options } = await against(transport, () => (request) => [
      answer(request, "success", request.method === Method.allocate ? [relayed] : []),
    ]);
    expect(await probeAllocation(target, credential, options)).toMatchObject({
      result: "allocated",
      authenticated: false,
    });
  });

  test("a second 401 is the answer to our credential", async () => {
    const { target, options, server } = await against(transport, () => (request) => [
      answer(request, "error", [errorCode(401, "Unauthorized"), ...challenge("n1")]),
    ]);
    expect(await probeAllocation(target, credential, options)).toEqual({
      result: "rejected",
      error: { code: 401, reason: "Unauthorized" },
      authenticated: true,
    });
    expect(server.requests).toHaveLength(2);
  });

  test("a stale nonce is replaced, but not for ever", async () => {
    const { target, options, server } = await against(transport, () => (request, n) => [
      answer(request, "error", [errorCode(n === 0 ? 401 : 438, "Stale"), ...challenge(`n${n + 1}`)]),
    ]);
    const outcome = await probeAllocation(target, credential, options);
    expect(outcome).toMatchObject({ result: "rejected", error: { code: 438 } });
    expect(server.requests.map(nonceOf)).toEqual([undefined, "n1", "n2", "n3"]);
  });

  test("a success that the server did not sign with our key is no answer", async () => {
    const { target, options } = await against(transport, (clock) => (request) => {
      if (!isSigned(request)) return turnServer(request, 0);
      queueMicrotask(() => void passTime(clock));
      return [answer(request, "success", [relayed], Buffer.from("another key"))];
    });
    expect(await probeAllocation(target, credential, options)).toMatchObject({
      result: "failed",
      failure: { kind: "not-stun" },
    });
  });

  test("an error without a code is no STUN answer", async () => {
    const { target, options } = await against(transport, () => (request) => [answer(request, "error", [])]);
    expect(await probeBinding(target, options)).toMatchObject({ result: "failed", failure: { kind: "not-stun" } });
  });

  test("a success without the address is no STUN answer", async () => {
    const { target, options } = await against(transport, () => (request) => [answer(request, "success", [])]);
    const outcomes = [await probeBinding(target, options), await probeAllocation(target, credential, options)];
    expect(outcomes.map((one) => one.result === "failed" && one.failure.kind)).toEqual(["not-stun", "not-stun"]);
  });

  test("an answer to another transaction is passed over", async () => {
    const { target, options } = await against(transport, () => (request) => [
      answer({ ...request, transactionId: Buffer.alloc(12, 7) }, "error", [errorCode(500)]),
      answer(request, "indication", []),
      answer(request, "success", [mapped]),
    ]);
    expect(await probeBinding(target, options)).toMatchObject({ result: "answered" });
  });

  test("nothing listening is seen at once", async () => {
    const { target, options, server } = await against(transport, () => turnServer);
    server.stop();
    running.length = 0;
    expect(await probeBinding(target, options)).toMatchObject({ result: "failed", failure: { kind: "refused" } });
  });
});

/** Lets what the sockets hold arrive first, then moves past the time limit. */
async function passTime(clock: ReturnType<typeof createVirtualClock>): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resume) => setImmediate(resume));
  await clock.advance(10_000);
}

describe("over udp", () => {
  test("a request is sent again after 500 ms, then after twice the wait each time", async () => {
    const at: number[] = [];
    const { target, options, server } = await against("udp", (clock) => (request, n) => {
      at.push(clock.now());
      if (n === 3) return [answer(request, "success", [mapped])];
      void clock.advance([500, 1000, 2000][n]!);
      return [];
    });
    expect(await probeBinding(target, options)).toMatchObject({ result: "answered" });
    expect(at.map((time) => time - at[0]!)).toEqual([0, 500, 1500, 3500]);
    const ids = new Set(server.requests.map((one) => Buffer.from(one.transactionId).toString("hex")));
    expect(ids.size).toBe(1);
  });

  test("silence ends with the time limit", async () => {
    const { target, options } = await against("udp", (clock) => (_request, n) => {
      if (n === 0) queueMicrotask(() => void clock.advance(5_000));
      return [];
    });
    expect(await probeBinding(target, options)).toMatchObject({ result: "failed", failure: { kind: "silent" } });
  });

  test("garbage is waited past, and named when nothing better comes", async () => {
    const garbage = [Buffer.alloc(0), Buffer.from("hello"), Buffer.alloc(300, 0xff)];
    const patient = await against("udp", () => (request) => [...garbage, answer(request, "success", [mapped])]);
    expect(await probeBinding(patient.target, patient.options)).toMatchObject({ result: "answered" });

    const hopeless = await against("udp", (clock) => (_request, n) => {
      if (n === 0) queueMicrotask(() => void passTime(clock));
      return garbage;
    });
    const outcome = await probeBinding(hopeless.target, hopeless.options);
    expect(outcome).toMatchObject({ result: "failed", failure: { kind: "not-stun" } });
  });
});

describe("over tcp", () => {
  test("an answer that comes byte by byte is put together", async () => {
    const { target, options } = await against(
      "tcp",
      () => (request) => Array.from(answer(request, "success", [mapped]), (byte) => Buffer.from([byte])),
    );
    expect(await probeBinding(target, options)).toMatchObject({ result: "answered" });
  });

  test("a service of another kind is no STUN server", async () => {
    const { target, options } = await against("tcp", () => () => [Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")]);
    expect(await probeBinding(target, options)).toMatchObject({ result: "failed", failure: { kind: "not-stun" } });
  });

  test("a server that hangs up is told from one that is silent", async () => {
    const server = createServer((socket) => socket.on("error", () => {}).once("data", () => socket.end()));
    const port = await new Promise<number>((found) =>
      server.listen(0, "127.0.0.1", () => found((server.address() as { port: number }).port)),
    );
    const options = { clock: createVirtualClock(), random: systemRandom, timeoutMs: 5_000, retransmitMs: 500 };
    for (const [transport, kind] of [
      ["tcp", "closed"],
      ["tls", "closed"],
    ] as const) {
      const outcome = await probeBinding({ transport, address: "127.0.0.1", port }, options);
      expect(outcome).toMatchObject({ result: "failed", failure: { kind } });
    }
    server.close();
  });

  test("a server that speaks no TLS is named as such", async () => {
    const server = createServer((socket) =>
      socket.on("error", () => {}).once("data", () => socket.write("220 mail.example.org ready\r\n")),
    );
    const port = await new Promise<number>((found) =>
      server.listen(0, "127.0.0.1", () => found((server.address() as { port: number }).port)),
    );
    const options = { clock: createVirtualClock(), random: systemRandom, timeoutMs: 5_000, retransmitMs: 500 };
    const outcome = await probeBinding({ transport: "tls", address: "127.0.0.1", port }, options);
    expect(outcome).toMatchObject({ result: "failed", failure: { kind: "not-tls" } });
    server.close();
  });
});
