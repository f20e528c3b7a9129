import { isIPv6 } from "node:net";
import type { Config } from "./config/settings.ts";

/** How long an answer may take, in ms. Whoever asks gives up soon after. */
const PATIENCE_MS = 3_000;

/** What listens on all addresses is asked on the loopback. */
const LOOPBACK: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** A path of the server that `serve` would make of these settings, as this machine reaches it. */
export function localUrl({ HOST, PORT, TLS_CERT }: Pick<Config, "HOST" | "PORT" | "TLS_CERT">, path: string): string {
  const host = LOOPBACK[HOST] ?? HOST;
  return `${TLS_CERT === null ? "http" : "https"}://${isIPv6(host) ? `[${host}]` : host}:${PORT}/${path}`;
}

/** What it answers. @throws if nothing does in time */
export async function askHere(url: string): Promise<{ readonly status: number; readonly text: string }> {
  // What a container has for the way out, such as HTTP_PROXY, does not lead to itself.
  const { hostname } = new URL(url);
  const others = process.env["NO_PROXY"] ?? process.env["no_proxy"];
  process.env["NO_PROXY"] = process.env["no_proxy"] = others === undefined ? hostname : `${others},${hostname}`;
  const response = await fetch(url, {
    // Its certificate names the server as clients call it, which is not how this machine calls itself.
    tls: { rejectUnauthorized: false },
    signal: AbortSignal.timeout(PATIENCE_MS),
    redirect: "manual",
  });
  return { status: response.status, text: await response.text() };
}
