import type { Failed } from "../../adapters/turn/probe.ts";
import type { Target } from "../../adapters/turn/wire.ts";
import type { IceUrl } from "../../core/credentials/ice-url.ts";
import { fail, warn, type Finding } from "./finding.ts";
import { addressesOf, targetAt, transportOf, type Tools } from "./place.ts";
import { explainFailure } from "./unanswered.ts";

/** What an address of the URL answered, or the finding that none did. */
export type Reached<Outcome> = { readonly target: Target; readonly outcome: Outcome } | { readonly finding: Finding };

/** Looks the host up and probes its addresses, one after the other, until one answers. */
export async function reach<Outcome extends { readonly result: string }>(
  url: IceUrl,
  tools: Tools,
  probe: (target: Target) => Promise<Outcome | Failed>,
): Promise<Reached<Exclude<Outcome, Failed>>> {
  const transport = transportOf(url);
  if (transport === null) return { finding: unchecked(url) };
  let addresses: readonly string[];
  try {
    addresses = await addressesOf(url, tools);
  } catch (error) {
    return { finding: unresolved(url, (error as NodeJS.ErrnoException).code ?? "no code") };
  }
  if (addresses.length === 0) return { finding: unresolved(url, "no address") };

  let first: { target: Target; failed: Failed } | null = null;
  for (const address of addresses) {
    const target = targetAt(address, transport, url.port, url, tools);
    const outcome = await probe(target);
    if (!isFailed(outcome)) return { target, outcome: outcome as Exclude<Outcome, Failed> };
    first ??= { target, failed: outcome };
  }
  return { finding: await explainFailure(url, first!.target, first!.failed.failure, tools) };
}

function isFailed(outcome: { readonly result: string }): outcome is Failed {
  return outcome.result === "failed";
}

function unresolved(url: IceUrl, code: string): Finding {
  return fail(
    url.text,
    `The name ${url.host} does not resolve (${code}).`,
    "Check its spelling, and that this machine's name server knows it.",
  );
}

function unchecked(url: IceUrl): Finding {
  return warn(
    url.text,
    "Doctor speaks no DTLS and has not checked this one.",
    "Check it from a browser, or use turns: with transport=tcp, which passes more firewalls.",
  );
}
