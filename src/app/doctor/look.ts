import type { Config } from "../config/settings.ts";
import { isLoopback } from "../open-door.ts";

/** How long one question to something else may take, in ms. */
export const PATIENCE_MS = 5_000;

/** True if others than this machine are meant to reach the server, so that it ought to bear them. */
export function isForOthers({ HOST, PUBLIC_URL, REDIS_URL }: Config): boolean {
  return !isLoopback(HOST) || PUBLIC_URL !== null || REDIS_URL !== null;
}

/** The least of some measurements of how long `ask` takes, in ms: what others do in between is not its fault. */
export async function latencyOf(ask: () => Promise<unknown>, times = 5): Promise<number> {
  let least = Infinity;
  for (let time = 0; time < times; time++) {
    const began = performance.now();
    await ask();
    least = Math.min(least, performance.now() - began);
  }
  return least;
}

/** "0.4 ms", "12 ms" */
export function inMs(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

/**
 * How far another clock is ahead of ours, in ms; behind it is negative.
 *
 * @param ask resolves to what the other one shows, in ms since the epoch
 * @param now what ours shows
 */
export async function aheadOf(ask: () => Promise<number>, now: () => number): Promise<number> {
  const before = now();
  const there = await ask();
  return there - (before + now()) / 2;
}

/** What an error says, without who was asked: a message of a library may hold the URL. */
export function whyOf(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code === "string" && code !== "") return code;
  return typeof message === "string" && message !== "" ? message : "no answer";
}

/** A text without the secrets of the settings: what a library says may repeat them. */
export function hiding(secrets: readonly string[], text: string): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
}
