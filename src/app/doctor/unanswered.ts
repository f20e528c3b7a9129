import type { TurnFailure } from "../../adapters/turn/failure.ts";
import { probeBinding } from "../../adapters/turn/probe.ts";
import type { Target } from "../../adapters/turn/wire.ts";
import type { IceUrl } from "../../core/credentials/ice-url.ts";
import { fail, type Finding } from "./finding.ts";
import { portName, targetAt, urlAt, type Tools } from "./place.ts";

/** Puts into words why no usable answer came, and looks whether the server stands elsewhere. */
export async function explainFailure(
  url: IceUrl,
  target: Target,
  failure: TurnFailure,
  tools: Tools,
): Promise<Finding> {
  const { sentence, advice } = words(url, target, failure);
  if (failure.kind.startsWith("certificate")) return fail(url.text, `${sentence}.`, advice);

  const isTurn = url.scheme.startsWith("turn");
  const found = await lookElsewhere(url, target, tools);
  const here = found.find((one) => one.transport === target.transport && one.port === target.port);
  if (here !== undefined && isTurn) {
    return fail(
      url.text,
      `A STUN server answers on ${portName(target)} of ${place(url, target)}, but it does not relay.`,
      "Run it as a TURN server (coturn: without stun-only), or move the URL to STUN_URLS.",
    );
  }
  if (found.length === 0) return fail(url.text, `${sentence}.`, advice);
  return fail(
    url.text,
    `${sentence}, but a STUN or TURN server answers on ${found.map(portName).join(" and on ")}.`,
    `If that is the one you mean, write ${urlAt(url, found[0]!.transport, found[0]!.port)}. Otherwise: ${advice}`,
  );
}

/** Asks the same machine over the other transports and on the usual ports, all at once. */
async function lookElsewhere(url: IceUrl, tried: Target, tools: Tools): Promise<Target[]> {
  const { plain, secure } = tools.usualPorts;
  const places: [Target["transport"], number][] = [
    ["udp", tried.port],
    ["tcp", tried.port],
    ["tls", tried.port],
    ["udp", plain],
    ["tcp", plain],
    ["tls", secure],
  ];
  const distinct = new Map(places.map(([transport, port]) => [`${transport} ${port}`, [transport, port] as const]));
  // A plain STUN URL is asked over UDP only: browsers know no other way.
  const usable = [...distinct.values()].filter(([transport]) => url.scheme !== "stun" || transport === "udp");
  const targets = usable.map(([transport, port]) => targetAt(tried.address, transport, port, url, tools));
  const outcomes = await Promise.all(targets.map((target) => probeBinding(target, tools)));
  return targets.filter((_, index) => outcomes[index]!.result === "answered");
}

/** The host, and its address where that says more. */
function place(url: IceUrl, target: Target): string {
  return url.host === target.address ? url.host : `${url.host} (${target.address})`;
}

/** The sentence without its full stop: more may follow. */
function words(url: IceUrl, target: Target, failure: TurnFailure): { sentence: string; advice: string } {
  const where = `${portName(target)} of ${place(url, target)}`;
  const certificate = `The certificate on ${where}`;
  switch (failure.kind) {
    case "silent":
      return {
        sentence: `Nothing answers on ${where} (${failure.detail})`,
        advice: `Check that the server runs and that every firewall on the way lets ${portName(target)} through.`,
      };
    case "refused":
      return {
        sentence: `Nothing listens on ${where}`,
        advice:
          "Check that the server runs, on which port and address it listens (coturn: listening-port), " +
          "and that no firewall rejects the port.",
      };
    case "unreachable":
      return {
        sentence: `There is no way from this machine to ${where} (${failure.detail})`,
        advice: "Check the address, the routes and this machine's own firewall.",
      };
    case "closed":
      return {
        sentence: `The server on ${where} hangs up without an answer`,
        advice: "Check that a TURN server stands there, and what its log says.",
      };
    case "not-stun":
      return {
        sentence: `Something answers on ${where}, but it is no STUN or TURN server (${failure.detail})`,
        advice: "Check the port: another service listens on this one.",
      };
    case "not-tls":
      return {
        sentence: `The server on ${where} speaks no TLS`,
        advice: "Give the port for TLS (coturn: tls-listening-port, 5349), or write turn: in place of turns:.",
      };
    case "tls":
      return {
        sentence: `TLS with the server on ${where} fails (${failure.detail})`,
        advice: "Check its certificate and key, and which TLS versions it allows.",
      };
    case "certificate-self-signed":
      return {
        sentence: `${certificate} is self-signed, and browsers will not trust it`,
        advice: "Give the server a certificate of an authority that browsers know.",
      };
    case "certificate-untrusted":
      return {
        sentence: `${certificate} leads to no authority this machine knows`,
        advice: "Serve the whole chain with the intermediate certificates (coturn: cert=fullchain.pem).",
      };
    case "certificate-expired":
      return {
        sentence: `${certificate} has expired`,
        advice: "Renew it, and make the server read it again (coturn: SIGUSR2 or a restart).",
      };
    case "certificate-not-yet-valid":
      return {
        sentence: `${certificate} is not valid yet`,
        advice: "Check this machine's clock and the date the certificate begins.",
      };
    case "certificate-wrong-name":
      return {
        sentence: `${certificate} is for another name than ${url.host}`,
        advice: "Write the name the certificate carries, or get a certificate for this one.",
      };
  }
}
