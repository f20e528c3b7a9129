import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startCoturn } from "../support/coturn.ts";
import { eventually } from "../support/eventually.ts";
import { buildExecutable } from "../support/executable.ts";
import { freePort } from "../support/free-port.ts";
import { startPostgres } from "../support/postgres.ts";
import { startRedis } from "../support/redis.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { copyPackage } from "../tooling/package-copy.ts";
import { readCompose } from "./compose.ts";

/** What compose.yaml starts, as processes on this machine: its files, its settings, other addresses. */
export interface Topology {
  /** Through the load balancer. */
  readonly url: string;
  readonly wsUrl: string;
  readonly port: number;
  /** Where it speaks plain HTTP. */
  readonly plainUrl: string;
  /** The certificate that prepare.sh made, PEM. */
  readonly certificate: string;
  readonly nodes: readonly RunningServer[];
  /** Ends a node and, when `between` is done, starts it again under the address that it had. */
  restart(at: number, between: () => Promise<unknown>): Promise<void>;
  /** Runs a command of the program with the settings of the first node; what it prints. */
  ask(...args: readonly string[]): Promise<string>;
  /** What the load balancer has logged so far. */
  balancerLog(): string;
  stop(): Promise<void>;
}

const NAME = "localhost";

/** `settings` come on top of those of compose.yaml. */
export async function startTopology(settings: Readonly<Record<string, string>> = {}): Promise<Topology> {
  const ends: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(0).toReversed()) await end();
  };
  try {
    return { ...(await start(settings, ends)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(settings: Readonly<Record<string, string>>, ends: (() => unknown)[]) {
  const { services } = readCompose();
  const prepared = prepare();
  ends.push(prepared.remove);
  const { secret, path } = prepared;

  const [redis, postgres, coturn, executable] = await Promise.all([
    startRedis(undefined, ["--requirepass", secret("redis_password")]),
    startPostgres(),
    startCoturn({ secret: secret("turn_secret"), extraArgs: ["-c", path("deploy/coturn/turnserver.conf")] }),
    buildExecutable(),
  ]);
  ends.push(redis.stop, postgres.stop, coturn.stop, executable.remove);
  prepared.change("redis_url", (url) => url.replace("@redis:6379", `@127.0.0.1:${redis.port}`));
  prepared.change("database_url", () => postgres.url);

  const [https, http, ...ports] = await Promise.all([1, 2, 3, 4, 5].map(() => freePort()));
  const url = `https://${NAME}:${https}`;
  const local = (value: string): string => value.replace(/^\/run\/secrets\//, path("deploy/secrets/"));
  const settingsOf = (at: number): Record<string, string> => {
    const { environment = {} } = services[`node-${at + 1}`]!;
    const asComposed = Object.entries(environment).map(([name, value]) => [name, local(value)]);
    return {
      ...prepared.settings,
      ...Object.fromEntries(asComposed),
      ...{ HOST: "127.0.0.1", PORT: `${ports[at]}`, TRUSTED_PROXIES: "127.0.0.1" },
      // How late work may be is not what is asked here, on a machine that may have other things to do.
      MAX_DELAY_MS: "0",
      ...{ PUBLIC_URL: url, STUN_URLS: coturn.url.replace("turn:", "stun:"), TURN_URLS: coturn.url },
      ...settings,
    };
  };
  const startNode = (at: number) => startServer(settingsOf(at), { executable: executable.path });
  const nodes = await Promise.all(ports.map((_, at) => startNode(at)));
  ends.push(() => Promise.all(nodes.map((node) => node.stop("SIGKILL"))));

  const balancer = startBalancer(path("deploy/haproxy/haproxy.cfg"), {
    ...services["balancer"]!.environment,
    BIND_HTTP: `127.0.0.1:${http}`,
    BIND_HTTPS: `127.0.0.1:${https}`,
    CERTIFICATE: path("deploy/secrets/certificate.pem"),
    ...Object.fromEntries(ports.map((port, at) => [`NODE_${at + 1}`, `127.0.0.1:${port}`])),
  });
  ends.push(balancer.stop);
  await eventually("the load balancer answers", async () => {
    if (balancer.hasEnded()) throw new Error(`haproxy ended:\n${balancer.log()}`);
    return fetch(`http://127.0.0.1:${http}`, { redirect: "manual" }).catch(() => null);
  });
  return {
    url,
    wsUrl: url.replace("https", "wss"),
    port: https!,
    plainUrl: `http://${NAME}:${http}`,
    certificate: secret("certificate.pem"),
    nodes,
    async restart(at: number, between: () => Promise<unknown>) {
      const code = await nodes[at]!.stop("SIGTERM");
      if (code !== 0) throw new Error(`node ${at} ended with ${code}`);
      await between();
      nodes[at] = await startNode(at);
    },
    async ask(...args: readonly string[]) {
      const options = { cwd: prepared.path("."), env: settingsOf(0), stdin: "ignore", stderr: "ignore" } as const;
      const child = Bun.spawn([executable.path, ...args], { ...options, stdout: "pipe" });
      return new Response(child.stdout).text();
    },
    balancerLog: balancer.log,
  };
}

/** Runs prepare.sh as its user does, in a copy of deploy/. */
function prepare() {
  const copy = copyPackage(["deploy"], { modules: false });
  const path = (file: string): string => join(copy.path, file);
  const made = Bun.spawnSync(["sh", path("deploy/compose/prepare.sh"), NAME], { stderr: "pipe" });
  if (!made.success) throw new Error(`prepare.sh failed:\n${made.stderr.toString()}`);
  const file = (name: string): string => path(`deploy/secrets/${name}`);
  const secret = (name: string): string => readFileSync(file(name), "utf8").trim();
  const lines = readFileSync(path("deploy/settings.env"), "utf8").split("\n");
  return {
    path,
    secret,
    settings: Object.fromEntries(
      lines.filter((line) => /^\w+=/.test(line)).map((line) => line.split(/=(.*)/, 2) as [string, string]),
    ),
    change(name: string, to: (old: string) => string): void {
      const text = to(secret(name));
      chmodSync(file(name), 0o600);
      writeFileSync(file(name), text);
    },
    remove: copy.remove,
  };
}

function startBalancer(config: string, env: Readonly<Record<string, string>>) {
  const child = Bun.spawn(["haproxy", "-db", "-f", config], {
    env: { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin`, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let log = "";
  const collect = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) log += decoder.decode(chunk, { stream: true });
  };
  const reading = Promise.all([collect(child.stdout), collect(child.stderr)]);
  return {
    log: () => log,
    hasEnded: () => child.exitCode !== null,
    async stop() {
      child.kill("SIGKILL");
      await child.exited;
      await reading;
    },
  };
}
