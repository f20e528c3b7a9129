import type { StunError } from "../../adapters/turn/values.ts";
import { fail, type Finding } from "./finding.ts";

/** Puts a server's refusal into words. What the codes mean: RFC 8489, 14.8 and RFC 8656, 19. */
export function explainRejection(subject: string, { code, reason }: StunError): Finding {
  const known = knownCodes[code];
  const said = `${code}${reason === "" ? "" : ` ${reason}`}`;
  if (known === undefined) {
    return fail(subject, `The server refuses the request (${said}).`, "See what the server's log says about it.");
  }
  return fail(subject, `${known.sentence} (${said}).`, known.advice);
}

const knownCodes: Readonly<Record<number, { readonly sentence: string; readonly advice: string }>> = {
  300: {
    sentence: "The server sends clients on to another one",
    advice: "Put that server's own URL here (coturn: alternate-server); not every client follows.",
  },
  400: {
    sentence: "The server takes the request for malformed",
    advice: "Check that it is a TURN server of RFC 5766 or newer, and what its log says.",
  },
  401: {
    sentence: "The server wants a credential but does not say for which realm",
    advice: "Set a realm (coturn: realm=) and use-auth-secret.",
  },
  403: {
    sentence: "The server forbids this machine to allocate",
    advice: "Check its allow and deny lists (coturn: allowed-peer-ip, denied-peer-ip, and the database).",
  },
  437: {
    sentence: "The server believes that this machine's port already has an allocation",
    advice: "Try again in a minute; if it stays, a NAT or a load balancer in between mixes up connections.",
  },
  440: {
    sentence: "The server has no relay address of the wanted family",
    advice: "Give it an IPv4 relay address (coturn: relay-ip).",
  },
  442: {
    sentence: "The server does not relay UDP",
    advice: "Allow UDP relaying (coturn: without no-udp-relay); browsers need it.",
  },
  486: {
    sentence: "The quota is used up: the server makes no more allocations for this user or realm",
    advice: "Raise user-quota or total-quota, or wait until allocations end.",
  },
  508: {
    sentence: "The server has no relay port left",
    advice: "Widen its port range (coturn: min-port, max-port), or add a server.",
  },
};
