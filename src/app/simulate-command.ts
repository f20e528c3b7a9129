import { randomInt } from "node:crypto";
import type { CommandCall, Given } from "./commands/command.ts";
import { UsageError } from "./commands/errors.ts";
import type { simulateFlags } from "./commands/simulate.ts";
import { loadConfig } from "./config/load.ts";
import type { AgentResult } from "./simulate/agent.ts";
import { simulateArena, type Simulation } from "./simulate/arena.ts";
import { Progress } from "./simulate/progress.ts";

/** Of each flag: what counts unless it is given, and what it may be. */
const numbers = {
  matches: { fallback: 1, least: 1, most: 100_000 },
  "at-once": { fallback: 4, least: 1, most: 1_000 },
  rate: { fallback: 60, least: 1, most: 6_000 },
  "best-of": { fallback: 3, least: 1, most: 9 },
  stocks: { fallback: 4, least: 1, most: 99 },
} as const;

/**
 * Plays matches on an arena until they are over or Ctrl-C. Exit code 1 if one could not be played.
 *
 * @throws {UsageError}
 */
export async function simulateCommand({ flags, sources, json }: CommandCall<typeof simulateFlags>): Promise<number> {
  const bestOf = number(flags, "best-of");
  if (bestOf % 2 === 0) throw new UsageError("--best-of must be odd.");
  const url = flags.url === undefined ? await ownUrl(sources) : readUrl(flags.url);
  const ending = new AbortController();
  const progress = new Progress(process.stderr, url);
  const end = (): void => ending.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);
  try {
    const played = await simulateArena({
      url,
      matches: number(flags, "matches"),
      atOnce: number(flags, "at-once"),
      rate: number(flags, "rate"),
      seed: flags.seed ?? String(randomInt(2 ** 32)),
      rules: { bestOf, stocks: number(flags, "stocks") },
      wagers: flags["no-wager"] !== true,
      signal: ending.signal,
      heard: (news) => progress.hear(news),
      counted: (figures) => progress.count(figures),
    });
    progress.stop();
    tell(played, json);
    return played.failures.length === 0 ? 0 : 1;
  } finally {
    progress.stop();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.removeListener(signal, end);
  }
}

function tell({ results, failures, figures }: Simulation, json: boolean): void {
  const reasons = [
    ...new Set(failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)))),
  ];
  if (json) {
    const matches = results.map(({ matchId, winner, score, isSigned, wager }) => ({
      match_id: matchId,
      winner_port: winner,
      final_score: score,
      signed: isSigned,
      wager_status: wager,
    }));
    const { framesSent, framesLeftOut } = figures;
    console.log(
      JSON.stringify({ matches, frames_sent: framesSent, frames_left_out: framesLeftOut, problems: reasons }),
    );
    return;
  }
  for (const result of results) console.log(sentence(result));
  for (const reason of reasons) console.error(`rendezvous: ${reason}`);
}

function sentence({ matchId, winner, score, isSigned, wager }: AgentResult): string {
  if (winner === null) return `Match ${matchId} was broken off at ${score.join(":")}.`;
  const signed = isSigned ? "both have signed" : "it is not signed by both";
  return `Match ${matchId}: port ${winner} won ${score.join(":")}; ${signed}${wager === null ? "" : `, wager ${wager}`}.`;
}

/** The arena that `serve` would be with the same settings. */
async function ownUrl(sources: CommandCall["sources"]): Promise<string> {
  const { config } = await loadConfig(sources);
  if (config.PUBLIC_URL !== null) return readUrl(String(config.PUBLIC_URL));
  const host = ["0.0.0.0", "::"].includes(config.HOST) ? "127.0.0.1" : config.HOST;
  return `http://${host.includes(":") ? `[${host}]` : host}:${config.PORT}`;
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError("--url must be a URL such as http://127.0.0.1:8080.");
  return url.href.replace(/(?<!\/)\/+$/, "");
}

function number(flags: Given<typeof simulateFlags>, name: keyof typeof numbers): number {
  const { fallback, least, most } = numbers[name];
  const text = flags[name];
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new UsageError(`--${name} must be a whole number from ${least} to ${most}.`);
  }
  return value;
}
