import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

const src = resolve(import.meta.dir, "../../src");

/**
 * Every place that opens a connection of its own, and the setting its address comes from. Nothing that a request says
 * may become an address: a new place belongs here, with the setting.
 */
const places: Readonly<Record<string, string>> = {
  "adapters/evm/rpc.ts": "MONAD_RPC_URL",
  "adapters/jwt/key-set.ts": "JWT_JWKS_URL",
  "adapters/redis/link.ts": "REDIS_URL",
  "adapters/redis/probe.ts": "REDIS_URL",
  "adapters/sql/postgres/store.ts": "DATABASE_URL",
  "adapters/turn/wire.ts": "STUN_URLS, TURN_URLS: the command doctor",
  "app/address.ts": "HOST, PORT: whether another program listens there",
  "app/doctor/check-web.ts": "PUBLIC_URL: the command doctor",
  "app/doctor/place.ts": "STUN_URLS, TURN_URLS: the command doctor",
  "app/local-server.ts": "HOST, PORT: itself, for the commands healthcheck and doctor",
  "app/simulate/client.ts": "the command simulate",
  "app/simulate/crowds/stranger.ts": "the command simulate",
  "app/simulate/line.ts": "the command simulate",
  "app/tracing/otlp.ts": "OTEL_EXPORTER_OTLP_ENDPOINT",
  "transport/limits/sentinel.ts": "itself, over the loopback",
};

const OPENS = [
  /(?:^|[^.#\w])fetch\(/,
  /\bnew (?:WebSocket|EventSource|Redis|Cluster|RedisClient)\(/,
  /\bimport (?!type)[^;]*\b(?:connect|createConnection|createSocket|lookup|request|get|resolve\w*)\b[^;]* from "node:(?:net|tls|dgram|http|https|http2|dns|dns\/promises)"/,
  /\bimport (?!type)[^;]* from "(?:pg|ws|undici|socket\.io-client|@opentelemetry\/exporter[^"]*)"/,
  /\b(?:createRemoteJWKSet|Bun\.connect|Bun\.udpSocket|Bun\.dns)\b/,
];

test("whatever connects to somewhere is listed, with the setting that says where", () => {
  const found = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((path) => {
    if (!path.endsWith(".ts") || path.endsWith(".test.ts")) return false;
    const code = readFileSync(resolve(src, path), "utf8").replace(/^\s*(?:\/?\*|\/\/).*$/gm, "");
    return OPENS.some((pattern) => pattern.test(code));
  });
  expect(found.toSorted()).toEqual(Object.keys(places).toSorted());
});
