import { randomInt } from "node:crypto";
import type { CommandCall, Given } from "./commands/command.ts";
import { UsageError } from "./commands/errors.ts";
import type { simulateFlags } from "./commands/simulate.ts";
import { loadConfig } from "./config/load.ts";
import type { Config } from "./config/settings.ts";
import { simulateMatches } from "./simulate-matches.ts";
import { simulateWorld } from "./simulate-world.ts";
import { Client } from "./simulate/client.ts";
import { worldFaces } from "./simulate/figures.ts";
import { noTokens, ownTokens, sharedToken, type Tokens } from "./simulate/tokens.ts";
import { Traffic } from "./simulate/traffic.ts";

type SimulateFlags = Given<typeof simulateFlags>;

/** Of each flag about matches: what counts unless it is given, and what it may be. */
const matchNumbers = {
  matches: { fallback: 1, least: 1, most: 100_000 },
  "at-once": { fallback: 4, least: 1, most: 1_000 },
  fps: { fallback: 60, least: 1, most: 6_000 },
  "best-of": { fallback: 3, least: 1, most: 9 },
  stocks: { fallback: 4, least: 1, most: 99 },
} as const;
const matchFlags = [...Object.keys(matchNumbers), "no-wager"] as readonly (keyof SimulateFlags)[];
const worldFlags = ["rate", "size"] as const;

/** The longest that can be asked for, in seconds, and the most of everything else. */
const [MOST_SECONDS, MOST] = [20 * 24 * 3600, 100_000];

/**
 * Lets a world live on a server, or plays single matches on its arena, until it is over, Ctrl-C, or the signal.
 *
 * @throws {UsageError}
 */
export async function simulateCommand(
  { args: [what], flags, sources, json }: CommandCall<typeof simulateFlags>,
  until?: AbortSignal,
): Promise<number> {
  const wanted = what === undefined ? worldFaces : worldFaces.filter((one) => one === what);
  const given = matchFlags.filter((flag) => flags[flag] !== undefined);
  const other = worldFlags.find((flag) => flags[flag] !== undefined);
  if (given.length > 0 && what !== "arena") {
    throw new UsageError(`--${given[0]} is about single matches: simulate arena --${given[0]} … Try --help.`);
  }
  if (given.length > 0 && other !== undefined) {
    throw new UsageError(`--${given[0]} plays single matches, --${other} is about a world: give one of them.`);
  }
  const { config } = await loadConfig(sources);
  const traffic = new Traffic();
  const client = new Client(flags.url === undefined ? ownUrl(config) : readUrl(flags.url), { traffic });
  const tokens = tokensOf(flags, config);
  const seed = flags.seed ?? String(randomInt(2 ** 32));
  const seconds = flags.for === undefined ? null : amount("for", flags.for, MOST_SECONDS);
  return untilInterrupted({ seconds, until }, (signal) => {
    const common = { client, tokens, seed, signal };
    if (given.length > 0) return simulateMatches({ ...common, ...matchesOf(flags) }, json);
    const rate = flags.rate === undefined ? null : amount("rate", flags.rate, MOST);
    const size = flags.size === undefined ? null : amount("size", flags.size, MOST);
    return simulateWorld({ ...common, traffic, wanted, rate, size, json });
  });
}

/** Runs until Ctrl-C, for so many seconds, or until a signal. */
async function untilInterrupted(
  { seconds, until }: { readonly seconds: number | null; readonly until: AbortSignal | undefined },
  run: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.once(signal, end);
  until?.addEventListener("abort", end);
  const timer = seconds === null ? null : setTimeout(end, seconds * 1_000);
  try {
    return await run(ending.signal);
  } finally {
    if (timer !== null) clearTimeout(timer);
    for (const signal of signals) process.removeListener(signal, end);
  }
}

function tokensOf(flags: SimulateFlags, config: Config): Tokens {
  if (flags.token !== undefined) return sharedToken(flags.token);
  const { JWT_SECRET: secret, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = config;
  return secret === null ? noTokens : ownTokens({ secret, issuer, audience });
}

/** The server that `serve` would be with the same settings. */
function ownUrl(config: Config): string {
  if (config.PUBLIC_URL !== null) return readUrl(String(config.PUBLIC_URL));
  const host = ["0.0.0.0", "::"].includes(config.HOST) ? "127.0.0.1" : config.HOST;
  const scheme = config.TLS_CERT === null ? "http" : "https";
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${config.PORT}`;
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError("--url must be a URL such as http://127.0.0.1:8080.");
  return url.href.replace(/(?<!\/)\/+$/, "");
}

function matchesOf(flags: SimulateFlags) {
  return {
    matches: whole(flags, "matches"),
    atOnce: whole(flags, "at-once"),
    fps: whole(flags, "fps"),
    rules: { bestOf: whole(flags, "best-of"), stocks: whole(flags, "stocks") },
    wagers: flags["no-wager"] !== true,
  };
}

function whole(flags: SimulateFlags, name: keyof typeof matchNumbers): number {
  const { fallback, least, most } = matchNumbers[name];
  const text = flags[name];
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new UsageError(`--${name} must be a whole number from ${least} to ${most}.`);
  }
  return value;
}

function amount(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0 || value > most) {
    throw new UsageError(`--${name} must be a number above 0, at most ${most}.`);
  }
  return value;
}
