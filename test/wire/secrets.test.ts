import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { io } from "socket.io-client";
import { rendezvous } from "../support/cli.ts";
import { openSession } from "../support/coordinator.ts";
import { eventually } from "../support/eventually.ts";
import { startPostgres, type RunningPostgres } from "../support/postgres.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";
import { leaksIn, secretsOf } from "../support/secrets.ts";
import { startServer, type RunningServer } from "../support/server.ts";

/** Each of them nowhere else, so that it is known which one was printed. */
const SETTINGS = {
  LOG_LEVEL: "trace",
  JWT_SECRET: "canary-of-JWT_SECRET-0123456789-0123456789",
  TURN_SECRET: "canary-of-TURN_SECRET",
  ADMIN_TOKEN: "canary-of-ADMIN_TOKEN",
  ARENA_PRIVATE_KEY: `0x${"ca4a7e".repeat(10)}beef`,
  WAGER_CONTRACT: "0x1CC748475F1F666017771FB49131708446B9f3DF",
  TURN_URLS: "turn:127.0.0.1:9",
  OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9",
  OTEL_EXPORTER_OTLP_HEADERS: "api-key=canary-of-OTEL_EXPORTER_OTLP_HEADERS",
  RATE_LIMIT_PER_MINUTE: "0",
};
const REDIS_PASSWORD = "canary-of-REDIS_URL";
const POSTGRES_PASSWORD = "canary-of-DATABASE_URL";

/** What clients say that nobody else may read. */
const SAID = {
  sdp: "v=0\r\no=canary-of-sdp 1 1 IN IP4 0.0.0.0\r\na=ice-pwd:canary",
  candidate: "candidate:1 1 udp 2122 canary-of-candidate.local 9 typ host",
  password: "canary of a password",
  code: "canary-of-a-reset-code",
  token: "canary-of-a-bearer-token",
  ticket: "canary-of-a-query-ticket",
  from_token: "canary-of-from_token",
};

interface Operation {
  readonly requestBody?: {
    readonly content: Record<string, { readonly example?: unknown; readonly examples?: unknown }>;
  };
}

/** A refusal of the arena repeats what was wrong under `input`, to whoever sent it. */
function unechoed(text: string): string {
  if (!text.includes('"input"')) return text;
  return JSON.stringify(JSON.parse(text, (key, value: unknown) => (key === "input" ? "…" : value)));
}

/** An endpoint of a chain that refuses everything, and repeats in its words where it was called. */
function startEndpoint() {
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { id } = (await request.json()) as { id: number };
      return Response.json({ jsonrpc: "2.0", id, error: { code: -32_000, message: `no such key: ${request.url}` } });
    },
  });
}

for (const mode of ["open", "token"]) {
  describe(`in ${mode} mode, with everything it logs`, () => {
    let redis: RunningRedis;
    let postgres: RunningPostgres;
    let server: RunningServer;
    const endpoint = startEndpoint();
    let settings: Record<string, string>;
    let secrets: readonly string[];
    const refusals: string[] = [];
    const others: string[] = [];
    const issued: string[] = [];

    beforeAll(async () => {
      [redis, postgres] = await Promise.all([
        startRedis(undefined, ["--requirepass", REDIS_PASSWORD]),
        startPostgres(),
      ]);
      const database = new URL(await postgres.createDatabase());
      database.password = POSTGRES_PASSWORD;
      settings = {
        ...SETTINGS,
        AUTH_MODE: mode,
        REDIS_URL: `redis://:${REDIS_PASSWORD}@127.0.0.1:${redis.port}`,
        DATABASE_URL: database.href,
        MONAD_RPC_URL: `${endpoint.url.href}canary-of-MONAD_RPC_URL?key=canary-of-its-query`,
      };
      secrets = [...secretsOf(settings), ...Object.values(SAID), "canary-of-sdp", "canary-of-candidate"];
      server = await startServer(settings);
    }, 60_000);
    afterAll(async () => {
      await endpoint.stop(true);
      await Promise.all([redis.stop(), postgres.stop()]);
    }, 30_000);

    const token = async (scope: string): Promise<string> => {
      const made = await rendezvous(["token", "--sub", "canary", "--scope", scope, "--player-id", "p"], settings);
      expect(made.stderr).toBe("");
      return made.stdout.trim();
    };

    /** Keeps what was refused, and what was not. */
    const ask = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
      const signal = AbortSignal.timeout(1_000);
      try {
        const given = body === undefined ? {} : { body, headers: { "content-type": "application/json", ...headers } };
        const answer = await fetch(server.url + path, { method, headers, ...given, signal });
        const text = await answer.text();
        (answer.status >= 400 ? refusals : others).push(
          `${method} ${path.split("?")[0]} ${answer.status} ${unechoed(text)}`,
        );
        return { status: answer.status, text };
      } catch (error) {
        // A stream of events goes on.
        if (!signal.aborted) throw error;
        return { status: 0, text: "" };
      }
    };

    /** The body of a call with something secret in every place for text. */
    const secretly = (value: unknown, name = ""): unknown => {
      if (Array.isArray(value)) return value.map((one) => secretly(one, name));
      if (typeof value === "object" && value !== null) {
        return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, secretly(one, key)]));
      }
      return Object.hasOwn(SAID, name) ? SAID[name as keyof typeof SAID] : value;
    };

    const everyCall = async (bearers: readonly string[]): Promise<void> => {
      const { text } = await ask("GET", "/openapi.json");
      const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, Operation>> };
      for (const [path, methods] of Object.entries(paths)) {
        for (const [method, { requestBody }] of Object.entries(methods)) {
          const content = requestBody?.content["application/json"];
          const [first] = Object.values((content?.examples ?? {}) as Record<string, { value: unknown }>);
          const example = content?.example ?? first?.value ?? { ...SAID };
          const hasBody = method !== "get";
          const where = path.replace(/\{\w+\}/g, "1");
          for (const bearer of bearers) {
            const headers = { authorization: `Bearer ${bearer}` };
            const good = JSON.stringify({ ...SAID, ...(secretly(example) as object) });
            await ask(
              method.toUpperCase(),
              `${where}?access_token=${SAID.ticket}`,
              hasBody ? good : undefined,
              headers,
            );
          }
          if (!hasBody) continue;
          for (const bad of [
            `{"sdp":"${SAID.token}`,
            `["${SAID.password}"]`,
            JSON.stringify({ email: SAID, sdp: [SAID] }),
          ]) {
            await ask(method.toUpperCase(), where, bad);
          }
        }
      }
    };

    const everySocket = async (bearer: string): Promise<void> => {
      const messages = [
        JSON.stringify({ ...SAID, type: "offer", event: "register", from_email: "a@b.c", payload: SAID }),
        JSON.stringify({
          type: "signal",
          to: "x",
          data: SAID,
          signal: SAID,
          event: "connect_to_device",
          payload: SAID,
        }),
        JSON.stringify({ type: "candidate", ...SAID }),
        `{"sdp":"${SAID.token}`,
        `[${SAID.password}`,
      ];
      const doors = ["/signaling?roomId=r&", "/api/signaling/ws?peer_id=p&session_id=1&", "/socket/?", "/ws/match/m?"];
      for (const door of doors) {
        for (const ticket of [SAID.ticket, bearer]) {
          const socket = new WebSocket(`${server.wsUrl}${door}access_token=${ticket}`);
          await new Promise<void>((over) => {
            const deadline = setTimeout(() => socket.close(), 500);
            socket.onopen = () => messages.forEach((message) => socket.send(message));
            socket.onmessage = ({ data }) => void others.push(`${door} ${String(data)}`);
            socket.onclose = () => (clearTimeout(deadline), over());
          });
        }
      }
      const chat = io(server.url, { forceNew: true, reconnection: false, auth: { token: SAID.token } });
      await new Promise<void>((over) => {
        chat.once("connect", over);
        chat.once("connect_error", () => over());
      });
      if (chat.connected) {
        for (const name of ["join", "findMatch", "offer", "answer", "iceCandidate", "ice-candidate", "nonsense"]) {
          chat.emit(name, SAID, SAID);
        }
        const answered = new Promise<void>((over) => chat.onAny(() => over()));
        await Promise.race([answered, new Promise((over) => setTimeout(over, 500))]);
      }
      chat.close();
    };

    const drive = async (): Promise<void> => {
      const bearer = await token("client host");
      const admin = await token("admin");
      issued.push(bearer, admin);
      await everyCall([SAID.token, bearer, admin, SETTINGS.ADMIN_TOKEN]);
      await everySocket(bearer);
    };

    test("nothing that opens a door is in an error, a figure or a log, whatever is said and whatever goes away", async () => {
      const account = { email: "a@example.com", password: SAID.password };
      const made = await ask("POST", "/api/auth/signup", JSON.stringify(account));
      if (made.status === 201) issued.push((JSON.parse(made.text) as { token: string }).token);
      await ask("POST", "/api/auth/login", JSON.stringify({ ...account, password: `${SAID.password} wrong` }));
      await ask("POST", "/api/auth/reset", JSON.stringify({ ...account, code: SAID.code }));
      const operator = await token("admin");
      const headers = { authorization: `Bearer ${operator}` };
      const { id } = await openSession(server.url, headers);
      const signal = { session_id: id, peer_id: "peer", sdp: SAID.sdp, candidate: SAID.candidate };
      for (const kind of ["offer", "ice-candidate"]) {
        await ask("POST", `/api/signaling/${kind}`, JSON.stringify(signal), headers);
        await ask("GET", `/api/signaling/${kind === "offer" ? kind : "ice-candidates"}/${id}`, undefined, headers);
      }
      await drive();
      const health = async (): Promise<void> => {
        for (const path of ["/metrics", "/health", "/readyz", "/livez", "/"]) {
          refusals.push((await ask("GET", path)).text);
        }
      };
      await health();
      await redis.stop();
      await eventually("Redis is missed", () => /redis is not reachable/.test(server.output()));
      await drive();
      await postgres.kill();
      await drive();
      await eventually("PostgreSQL is missed", () => /postgres cannot be reached/.test(server.output()));
      await health();
      const commands = [["check-config"], ["check-config", "--json"], ["doctor"], ["doctor", "--json"], ["migrate"]];
      for (const command of [...commands, ["invite"], ["reset-code", "a@example.com"]]) {
        const { stdout, stderr } = await rendezvous(command, settings);
        refusals.push(stdout, stderr);
      }
      for (const name of Object.keys(settings).filter((one) => secretsOf({ [one]: settings[one]! }).length > 0)) {
        const { stdout, stderr } = await rendezvous(["check-config"], { ...settings, [name]: "ftp://u:bad-canary@" });
        expect({ name, isTold: (stdout + stderr).includes("bad-canary") }).toEqual({ name, isTold: false });
      }
      expect(leaksIn(refusals.join("\n"), [...secrets, ...issued])).toEqual([]);
      // Of what went well, too, nothing in the settings is anybody's business.
      expect(secretsOf(settings).filter((secret) => others.some((one) => one.includes(secret)))).toEqual([]);
      // The chain's endpoint has named its key, and the log has told what it said.
      await eventually("it is said", () => server.output().includes("no such key: http"));
      expect(others.some((one) => one.includes("canary-of-candidate"))).toBe(true);
      expect(others.some((one) => one.includes("canary-of-sdp"))).toBe(true);
      await server.stop();
      expect(leaksIn(server.output(), [...secrets, ...issued])).toEqual([]);
    }, 240_000);
  });
}
