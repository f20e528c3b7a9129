import { existsSync } from "node:fs";
import { fail, ok, warn, type Finding } from "./finding.ts";
import { inMs } from "./look.ts";

/** Past this logs and ages no longer agree; and past that tokens and TURN credentials fail, in ms. */
const WORTH_SAYING_MS = 1_000;
const HARMFUL_MS = 30_000;

/** What it means that the clock of a store is so far ahead of this machine's. */
export function judgeClock(subject: string, store: string, aheadMs: number): Finding {
  const distance = Math.abs(aheadMs);
  if (distance < WORTH_SAYING_MS) return ok(subject, "Its clock and this machine's agree within a second.");
  const seconds = Math.round(distance / 1_000);
  const sentence = `Its clock is ${seconds} s ${aheadMs > 0 ? "ahead of" : "behind"} this machine's.`;
  const advice = `Synchronise both by NTP: the time of ${store} goes into what is kept, this machine's into tokens and TURN credentials.`;
  return distance < HARMFUL_MS ? warn(subject, sentence, advice) : fail(subject, sentence, advice);
}

/** Where systemd says whether its time is that of the network. */
const SYSTEMD = "/run/systemd/timesync";

/** Nothing, where the system does not tell. */
export function checkOwnClock(folder = SYSTEMD): readonly Finding[] {
  if (!existsSync(folder)) return [];
  if (existsSync(`${folder}/synchronized`)) return [ok("clock", "This machine's clock is synchronised by NTP.")];
  const advice = "Wait until it is, or see timedatectl: tokens and TURN credentials are good for a time of day.";
  return [warn("clock", "This machine's clock is not synchronised by NTP.", advice)];
}

/** What it means that a store takes so long to answer the simplest of questions. */
export function judgeLatency(subject: string, ms: number, slowMs: number): Finding {
  if (ms < slowMs) return ok(subject, `Answers within ${inMs(ms)}.`);
  const advice = "Move it and the nodes closer together: what a client asks for takes several such answers.";
  return warn(subject, `Answers within ${inMs(ms)}, which is slow.`, advice);
}
