import { isIPv6 } from "node:net";
import type { CommandCall } from "./commands/command.ts";
import { loadConfig } from "./config/load.ts";
import type { Config } from "./config/settings.ts";

/** How long an answer may take, in ms. Whoever asks gives up soon after. */
const PATIENCE_MS = 3_000;

/** What listens on all addresses is asked on the loopback. */
const LOOPBACK: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/**
 * Asks the server that `serve` would make of the same settings, on this machine, whether it wants clients: for a
 * container that has no other program inside. Exit code 1 if it does not, or nothing answers.
 */
export async function healthcheckCommand({ sources, json }: CommandCall): Promise<number> {
  const { config } = await loadConfig(sources);
  const url = readinessUrl(config);
  const { status, troubles } = await ask(url);
  const isReady = status === "ready" || status === "degraded";
  if (json) console.log(JSON.stringify({ ok: isReady, url, status, troubles }));
  else console.log([`${url}: ${status}`, ...troubles].join("\n  "));
  return isReady ? 0 : 1;
}

export function readinessUrl({ HOST, PORT, TLS_CERT }: Pick<Config, "HOST" | "PORT" | "TLS_CERT">): string {
  const host = LOOPBACK[HOST] ?? HOST;
  return `${TLS_CERT === null ? "http" : "https"}://${isIPv6(host) ? `[${host}]` : host}:${PORT}/readyz`;
}

interface Readiness {
  readonly status: string;
  readonly troubles: readonly string[];
}

async function ask(url: string): Promise<Readiness> {
  // What a container has for the way out, such as HTTP_PROXY, does not lead to itself.
  process.env["NO_PROXY"] = process.env["no_proxy"] = "*";
  try {
    // Its certificate names the server as clients call it, which is not how this machine calls itself.
    const tls = { rejectUnauthorized: false };
    const response = await fetch(url, { tls, signal: AbortSignal.timeout(PATIENCE_MS), redirect: "manual" });
    const { status = `answered ${response.status}`, troubles = [] } = (await response.json()) as Partial<Readiness>;
    return { status, troubles };
  } catch (error) {
    return { status: "nothing answers", troubles: [(error as Error).message] };
  }
}
