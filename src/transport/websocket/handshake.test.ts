import { expect, test } from "bun:test";
import { openGate, type Gate } from "../http/gate.ts";
import { policy } from "../http/policy.ts";
import { Refusal } from "../http/refusal.ts";
import type { RequestLimit, Standing } from "../limits/limit.ts";
import { noMeter } from "../limits/meter.ts";
import { createHandshakes } from "./handshake.ts";
import type { LiveSocket, SocketRoute } from "./socket.ts";

/** Everybody who shows a token is who it says; each account may connect `most` times. */
function world(most: number) {
  const log: string[] = [];
  const gate: Gate = {
    ...openGate,
    guard: {
      asks: true,
      nobody: openGate.guard.nobody,
      async identify(token) {
        if (token === "bad") throw new Refusal("token_required");
        return { subject: token, account: null, expiresAt: null, may: () => true };
      },
      redeem: () => Promise.reject(new Refusal("token_required")),
    },
  };
  const standing: Standing = {
    allowed: false,
    name: "n",
    limit: most,
    windowMs: 1,
    remaining: 0,
    resetMs: 1,
    retryMs: 1,
  };
  let counted = 0;
  const connecting: RequestLimit = {
    countsLocal: true,
    take: () => null,
    takeAccount: () => (++counted > most ? standing : null),
  };
  const meters = {
    enter: ({ account }: { account: string | null }) => {
      log.push(`enter ${account}`);
      return { ...noMeter, name: (account: string) => void log.push(`name ${account}`) };
    },
  };
  const route: SocketRoute = {
    path: "/",
    policy: policy.signedIn,
    messages: {},
    maxMessageBytes: 1,
    accept: ({ caller }) => ({
      open: () => void log.push(`open ${caller.subject}`),
      text: () => undefined,
      binary: () => undefined,
      closed: () => undefined,
    }),
  };
  const shakeHands = createHandshakes({ gate, meters, connecting });
  const socket: Pick<LiveSocket, "close"> = { close: (code) => void log.push(`close ${code}`) };
  const shake = (headers: Record<string, string> = {}, client = "192.0.2.1") =>
    shakeHands(route, {
      request: new Request("http://localhost/", { headers }),
      peer: "192.0.2.1",
      base: "http://localhost",
      client,
      failed: (error) => void log.push(`failed ${String(error)}`),
    });
  const open = async (client?: string) => {
    const accepted = await shake({}, client);
    if (accepted instanceof Response) throw new Error(`refused with ${accepted.status}`);
    await accepted.connection.open(socket as LiveSocket);
    return accepted.connection;
  };
  return { log, shake, open };
}

const auth = (token: string) => JSON.stringify({ type: "auth", token });

test("whoever is known at the handshake counts as that from the beginning", async () => {
  const { log, shake } = world(1);
  expect(await shake({ authorization: "Bearer alice" })).toHaveProperty("meter");
  expect(log).toEqual(["enter null", "name alice"]);
  const refused = await shake({ authorization: "Bearer alice" });
  expect(refused).toBeInstanceOf(Response);
  expect((refused as Response).status).toBe(429);
  expect((refused as Response).headers.get("retry-after")).toBe("1");
});

test("whoever says it first counts on the same meter and the same budget from then on", async () => {
  const { log, open } = world(1);
  const [first, second] = [await open(), await open()];
  await first.text(auth("alice"));
  await second.text(auth("alice"));
  expect(log).toEqual(["enter null", "enter null", "name alice", "open alice", "close 1008"]);
});

test("handshakes of which no socket comes are no strangers", async () => {
  const { shake, open } = world(1);
  for (let n = 0; n < 1_001; n++) expect(await shake()).not.toBeInstanceOf(Response);
  for (let n = 0; n < 100; n++) await open();
  expect(await shake()).toBeInstanceOf(Response);
});

test("strangers of one address leave room for others, and are told to come back", async () => {
  const { shake, open } = world(1);
  const first = await open();
  for (let n = 1; n < 100; n++) await open();
  const refused = (await shake()) as Response;
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toBe("5");
  for (let n = 0; n < 900; n++) await open(`198.51.100.${n % 9}`);
  expect(await shake({}, "203.0.113.1")).toBeInstanceOf(Response);
  await first.text(auth("alice"));
  expect(await shake()).not.toBeInstanceOf(Response);
});
