import { X509Certificate } from "node:crypto";
import { statSync } from "node:fs";
import { isIP } from "node:net";
import type { Config } from "../config/settings.ts";
import { BadTlsPair, readTlsPair } from "../tls/pair.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";

const DAY_MS = 24 * 3_600_000;
/** Whoever renews certificates by a program has done so by then. */
const SOON_DAYS = 14;

/** The certificate and its key, if there is one. */
export function checkTls({ TLS_CERT: cert, TLS_KEY: key, PUBLIC_URL: url }: Config, now: number): readonly Finding[] {
  if (cert === null || key === null) return [];
  let pair;
  try {
    pair = readTlsPair({ cert, key });
  } catch (error) {
    if (!(error instanceof BadTlsPair)) throw error;
    return [fail("TLS_CERT, TLS_KEY", error.message, "docs/tls.md says which files they are.")];
  }
  const certificate = new X509Certificate(pair.cert);
  return [
    checkDates(certificate, now),
    ...(url === null ? [] : [checkName(certificate, new URL(url).hostname.replace(/^\[|\]$/g, ""))]),
    ...checkMode(key),
  ];
}

function checkDates(certificate: X509Certificate, now: number): Finding {
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  if (now < from) {
    const advice = "Look at this machine's clock, and at the certificate's date.";
    return fail("TLS_CERT", `The certificate is good from ${day(from)} on, which has not come.`, advice);
  }
  if (now >= to) {
    const advice = "Renew it: a running server takes the new files by itself.";
    return fail("TLS_CERT", `The certificate ended on ${day(to)}: no client that checks it connects.`, advice);
  }
  const days = Math.floor((to - now) / DAY_MS);
  if (days >= SOON_DAYS) return ok("TLS_CERT", `The certificate is good until ${day(to)}, and the key is its own.`);
  const advice = "See why it was not renewed: a running server takes the new files by itself.";
  return warn("TLS_CERT", `The certificate ends on ${day(to)}, in ${days} ${days === 1 ? "day" : "days"}.`, advice);
}

function checkName(certificate: X509Certificate, name: string): Finding {
  const matches = isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name);
  if (matches !== undefined) return ok("TLS_CERT", `It is made out to ${name}.`);
  const sentence = `The certificate is not made out to ${name}, the host of PUBLIC_URL: clients refuse it.`;
  return fail("TLS_CERT", sentence, `Get one for ${name}, or correct PUBLIC_URL.`);
}

function checkMode(key: string): readonly Finding[] {
  if ((statSync(key).mode & 0o007) === 0) return [];
  return [warn("TLS_KEY", "Every user of this machine may read or change the key.", `chmod o= ${key}`)];
}
