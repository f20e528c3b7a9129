import { expect, test } from "bun:test";
import { secretTexts } from "./secret-texts.ts";
import type { Config } from "./settings.ts";

const of = (settings: Partial<Config>) => secretTexts(settings as Config);

test("secrets are themselves, and what is no secret is none", () => {
  expect(of({ TURN_SECRET: "a shared secret", PUBLIC_URL: "https://play.example.org", ADMIN_TOKEN: null })).toEqual([
    "a shared secret",
  ]);
});

test("of URLs it is the password, as it stands there and as it is meant, and never the place", () => {
  const REDIS_URL = "redis://:pass%20word@one.example.org:6379,redis://:pass%20word@two.example.org:6379";
  expect(of({ REDIS_URL })).toEqual(["pass%20word", "pass word"]);
  expect(of({ DATABASE_URL: "postgres://someone@db.example.org/rendezvous" })).toEqual([]);
});

test("of an endpoint it is also the path and the query, where keys stand", () => {
  expect(of({ MONAD_RPC_URL: "https://rpc.example.org/v2/0123456789?key=abcdefgh" })).toEqual([
    "v2/0123456789",
    "abcdefgh",
  ]);
});

test("what is too short to be told from other words is left out", () => {
  expect(of({ TURN_SECRET: "north" })).toEqual([]);
});

test("headers with keys are hidden by their values", () => {
  expect(of({ OTEL_EXPORTER_OTLP_HEADERS: { "api-key": "0123456789", "x-tenant": "t" } })).toEqual(["0123456789"]);
});
