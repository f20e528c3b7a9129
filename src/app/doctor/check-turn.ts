import { probeAllocation, type Allocated } from "../../adapters/turn/probe.ts";
import type { StunError } from "../../adapters/turn/values.ts";
import type { Target } from "../../adapters/turn/wire.ts";
import type { IceUrl } from "../../core/credentials/ice-url.ts";
import { issueTurnCredential } from "../../core/credentials/turn-credential.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";
import type { Tools } from "./place.ts";
import { isPrivate } from "./private-address.ts";
import { reach } from "./reach.ts";
import { explainRejection } from "./rejected.ts";

/** What credentials are issued from. */
export interface Issuing {
  readonly secret: string;
  readonly ttlSeconds: number;
}

/** Makes an allocation as a peer would, with a credential just issued, and frees it again. */
export async function checkTurn(url: IceUrl, issuing: Issuing, tools: Tools): Promise<Finding[]> {
  const now = Math.floor(tools.clock.now() / 1000);
  const allocate = (target: Target, expiresAt: number) => {
    const { username, credential } = issueTurnCredential(issuing.secret, expiresAt, "doctor");
    return probeAllocation(target, { username, password: credential }, tools);
  };

  const reached = await reach(url, tools, (target) => allocate(target, now + issuing.ttlSeconds));
  if ("finding" in reached) return [reached.finding];
  const { target, outcome } = reached;

  if (outcome.result === "allocated") {
    const expired = outcome.authenticated ? await allocate(target, now - LONG_EXPIRED) : null;
    return judgeAllocation(url, target, outcome, expired?.result === "allocated");
  }
  if (!outcome.authenticated || !refusesCredential(outcome.error)) return [explainRejection(url.text, outcome.error)];

  // Such servers refuse a name whose time is over. If the same secret passes with a time that cannot be over, it is
  // the clocks that disagree.
  const unending = await allocate(target, Math.max(FURTHEST_EXPIRY, now + ONE_YEAR));
  const passes =
    unending.result === "allocated" || (unending.result === "rejected" && !refusesCredential(unending.error));
  return [passes ? clocksDisagree(url, issuing) : secretsDiffer(url)];
}

/** Seconds. Clocks this far apart are worth a word; less is everyday. */
const LONG_EXPIRED = 300;
const ONE_YEAR = 365 * 86_400;
/** January 2038: the last expiry that a server with 32-bit times understands. */
const FURTHEST_EXPIRY = 2 ** 31 - 1;

/** 401 Unauthenticated, 441 Wrong Credentials. */
function refusesCredential({ code }: StunError): boolean {
  return code === 401 || code === 441;
}

function clocksDisagree(url: IceUrl, { ttlSeconds }: Issuing): Finding {
  return fail(
    url.text,
    "The TURN server shares our secret, but takes a credential just issued for expired: " +
      `its clock is ahead of this machine's by more than the ${ttlSeconds} s of TURN_TTL_SECONDS.`,
    "Set both clocks, best with NTP (timedatectl shows whether it runs).",
  );
}

function secretsDiffer(url: IceUrl): Finding {
  return fail(
    url.text,
    "The TURN server refuses our credentials whatever their expiry: its secret is not TURN_SECRET, " +
      "or it does not run with use-auth-secret.",
    "Set use-auth-secret and static-auth-secret in turnserver.conf to the value of TURN_SECRET, and restart it.",
  );
}

/** What else is worth knowing of a server that relays. */
export function judgeAllocation(url: IceUrl, target: Target, allocated: Allocated, tookExpired: boolean): Finding[] {
  const relay = allocated.relayed.address;
  const findings = [
    ok(url.text, `Relays: allocated an address on ${relay} with a credential just issued, and freed it.`),
  ];
  if (!allocated.authenticated) {
    findings[0] = warn(
      url.text,
      `Relays on ${relay}, but for everybody: the server asked for no credential.`,
      "Set use-auth-secret and static-auth-secret in turnserver.conf; an open relay is soon abused.",
    );
  }
  if (tookExpired) {
    findings.push(
      warn(
        url.text,
        `The server also took a credential that ran out ${LONG_EXPIRED} s ago: its clock is behind this machine's, ` +
          "or it does not check the expiry. Credentials outlive TURN_TTL_SECONDS.",
        "Set both clocks, best with NTP.",
      ),
    );
  }
  if (isPrivate(relay) && !isPrivate(target.address)) {
    findings.push(
      warn(
        url.text,
        `The address it relays on, ${relay}, is private: peers elsewhere cannot send to it.`,
        "Set the server's public address in turnserver.conf (external-ip=public/private).",
      ),
    );
  }
  return findings;
}
