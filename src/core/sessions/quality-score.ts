import type { Scored } from "../../ports/host-records.ts";

/** Latency up to this costs nothing, in ms; each ms above it costs 0.2. */
const FREE_LATENCY_MS = 50;
/** The most that latency can cost, and that loss can. */
const MOST = 40;
/** The share of the network speed that may be in use at no cost. */
const FREE_BANDWIDTH = 0.8;

/**
 * How good a host is for players, 0 to 100, two decimals: 100 less what latency, packet loss, players and a nearly full
 * line cost. A denominator that is not there costs nothing. A host with more players than places pays for those, too.
 */
export function qualityScore(host: Scored): number {
  const latency = Math.min(MOST, 0.2 * Math.max(0, host.latencyMs - FREE_LATENCY_MS));
  const loss = Math.min(MOST, 5 * host.packetLossPercent);
  const players = 5 * share(host.currentPlayers, host.maxPlayers);
  const line = (share(host.bandwidthUsageMbps, host.networkSpeedMbps) - FREE_BANDWIDTH) / (1 - FREE_BANDWIDTH);
  const score = 100 - latency - loss - players - 15 * clamp(line, 0, 1);
  return Math.round(clamp(score, 0, 100) * 100) / 100;
}

function share(used: number, whole: number | null): number {
  return whole === null || whole === 0 ? 0 : used / whole;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
