import { readFileSync } from "node:fs";
import type { Config } from "../config/settings.ts";
import { descriptorLimit, socketsFor } from "../descriptors.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";
import { isForOthers } from "./look.ts";

/** Fewer sockets than this are few for a server that others reach. */
const FEW_SOCKETS = 4_000;
/** Connections that may wait to be taken in, and ports for those that this machine opens: usual defaults are above. */
const FEW_WAITING = 1_024;
const FEW_PORTS = 10_000;

/** What the system allows this process. `read` gives the content of a file, null where there is none. */
export function checkLimits(
  config: Config,
  { descriptors = descriptorLimit(), read = contentOf } = {},
): readonly Finding[] {
  return [
    checkSockets(config, descriptors),
    ...(isForOthers(config) ? [...checkBacklog(read), ...checkPorts(read)] : []),
  ];
}

function checkSockets(config: Config, descriptors: number): Finding {
  const room = socketsFor(descriptors);
  const { MAX_SOCKETS: wanted } = config;
  const subject = "open files";
  const here = `The limit here is ${descriptors}, which leaves room for ${room} sockets`;
  const advice = `Raise it where the server is started: ulimit -n ${Math.max(65_536, Math.ceil((wanted ?? 0) * 1.1))}, or LimitNOFILE= of systemd.`;
  if (wanted !== null && wanted > room) return fail(subject, `${here}, and MAX_SOCKETS is ${wanted}.`, advice);
  if (wanted === null && room < FEW_SOCKETS && isForOthers(config)) return warn(subject, `${here}.`, advice);
  return ok(subject, `${here}.`);
}

function checkBacklog(read: (path: string) => string | null): readonly Finding[] {
  const waiting = Number(read("/proc/sys/net/core/somaxconn") ?? Number.NaN);
  if (Number.isNaN(waiting)) return [];
  if (waiting >= FEW_WAITING) return [ok("net.core.somaxconn", `${waiting} connections may wait to be taken in.`)];
  const sentence = `Only ${waiting} connections may wait to be taken in: a crowd that comes at once is turned away.`;
  return [warn("net.core.somaxconn", sentence, "Set it to 4096 (sysctl net.core.somaxconn=4096).")];
}

function checkPorts(read: (path: string) => string | null): readonly Finding[] {
  const text = read("/proc/sys/net/ipv4/ip_local_port_range");
  if (text === null) return [];
  const [from = 0, to = 0] = text.trim().split(/\s+/).map(Number);
  const ports = to - from + 1;
  const subject = "net.ipv4.ip_local_port_range";
  if (ports >= FEW_PORTS) return [ok(subject, `${ports} ports for connections of this machine's own.`)];
  const sentence = `Only ${ports} ports for connections of this machine's own: a proxy on it runs out of them.`;
  return [warn(subject, sentence, `Widen it (sysctl ${subject}="32768 60999").`)];
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return null;
  }
}
