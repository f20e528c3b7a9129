import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { ClientOptions } from "../../adapters/turn/client.ts";
import type { Target } from "../../adapters/turn/wire.ts";
import type { IceUrl } from "../../core/credentials/ice-url.ts";

/** What the checks work with. All of it has a default in `src/app/doctor.ts`. */
export interface Tools extends ClientOptions {
  /** All addresses of a name, in the order to try them. Throws what `node:dns` throws. */
  resolve(name: string): Promise<readonly string[]>;
  /** Where else to look for a server that does not answer. */
  readonly usualPorts: { readonly plain: number; readonly secure: number };
  /** Certificates to trust instead of the machine's own, PEM. */
  readonly trusted?: readonly string[] | undefined;
}

export async function resolveName(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map((one) => one.address);
}

/** How the probes must speak to this URL's server; null for DTLS, which they do not speak. */
export function transportOf(url: IceUrl): Target["transport"] | null {
  if (!url.scheme.endsWith("s")) return url.transport;
  return url.transport === "tcp" ? "tls" : null;
}

/** @throws what `node:dns` throws, with a `code` */
export async function addressesOf(url: IceUrl, tools: Tools): Promise<readonly string[]> {
  return isIP(url.host) ? [url.host] : tools.resolve(url.host);
}

export function targetAt(
  address: string,
  transport: Target["transport"],
  port: number,
  url: IceUrl,
  tools: Tools,
): Target {
  if (transport !== "tls") return { transport, address, port };
  const trusted = tools.trusted === undefined ? {} : { trusted: tools.trusted };
  return { transport, address, port, serverName: url.host, ...trusted };
}

/** A URL for the same host elsewhere. */
export function urlAt(url: IceUrl, transport: Target["transport"], port: number): string {
  const host = url.host.includes(":") ? `[${url.host}]` : url.host;
  const scheme = url.scheme.replace(/s$/, "") + (transport === "tls" ? "s" : "");
  const query = url.scheme.startsWith("turn") ? `?transport=${transport === "udp" ? "udp" : "tcp"}` : "";
  return `${scheme}:${host}:${port}${query}`;
}

/** "UDP port 3478", "TLS port 5349". */
export function portName(target: Pick<Target, "transport" | "port">): string {
  return `${target.transport.toUpperCase()} port ${target.port}`;
}
