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
  "adapters/redis/connection.ts": "REDIS_URL",
  "adapters/redis/probe.ts": "REDIS_URL",
  "adapters/sql/postgres/store.ts": "DATABASE_URL",
  "adapters/turn/client.ts": "STUN_URLS, TURN_URLS: the command doctor",
  "adapters/turn/wire.ts": "STUN_URLS, TURN_URLS: the command doctor",
  "app/doctor/place.ts": "STUN_URLS, TURN_URLS: the command doctor",
  "app/serve.ts": "HOST, PORT: whether another program listens there",
  "app/simulate/arena-client.ts": "the command simulate",
  "app/simulate/publisher.ts": "the command simulate",
};

const OPENS =
  /\bfetch\(|\bnew (?:WebSocket|EventSource|Redis|Cluster|Pool|Client|Socket|RedisClient|SQL)\(|\bcreate(?:Connection|Socket|RemoteJWKSet)\(|\b(?:connect|connectTcp|connectTls|lookup|resolve4|resolve6)\(\{?|\bBun\.(?:connect|udpSocket)\(|\bhttps?\.(?:get|request)\(/;

test("whatever connects to somewhere is listed, with the setting that says where", () => {
  const found = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((path) => {
    if (!path.endsWith(".ts") || path.endsWith(".test.ts")) return false;
    const code = readFileSync(resolve(src, path), "utf8").replace(/^\s*(?:\/?\*|\/\/).*$/gm, "");
    // Its own method of that name opens nothing.
    return OPENS.test(code.replace(/[#.]fetch\(|\.connect\(|\bfunction \w+\(/g, ""));
  });
  expect(found.toSorted()).toEqual(Object.keys(places).toSorted());
});
