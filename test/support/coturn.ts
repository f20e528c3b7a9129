import { createSocket } from "node:dgram";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { systemRandom } from "../../src/adapters/system/random.ts";
import { probeBinding } from "../../src/adapters/turn/probe.ts";
import { eventually } from "./eventually.ts";
import { fakedTime } from "./faked-time.ts";

export interface CoturnOptions {
  /** The `static-auth-secret`; null: it lets everybody in. */
  readonly secret: string | null;
  readonly realm?: string;
  /** Further arguments of turnserver; they come last. */
  readonly extraArgs?: readonly string[];
  /** Makes it speak TLS too, with a certificate for this name that is signed by itself and good for two days. */
  readonly tlsName?: string;
  /** How far its clock is off, as libfaketime writes it, such as `+2h`; its certificate is made at that time. */
  readonly faketime?: string;
}

/** A real coturn on the loopback, with a relay there. */
export interface RunningCoturn {
  /** UDP and TCP, TLS too where asked for. */
  readonly port: number;
  readonly url: string;
  /** The certificate, PEM; empty without `tlsName`. */
  readonly certificate: string;
  /** What it has logged so far. */
  output(): string;
  stop(): Promise<void>;
}

/** Starts coturn and waits until it answers. */
export async function startCoturn(options: CoturnOptions): Promise<RunningCoturn> {
  const block = await claimPorts();
  const dir = mkdtempSync(join(tmpdir(), "rendezvous-coturn-"));
  const env = {
    PATH: process.env["PATH"] ?? "",
    ...(options.faketime === undefined ? {} : fakedTime(options.faketime)),
  };
  const certificate = options.tlsName === undefined ? "" : await makeCertificate(dir, options.tlsName, env);
  const args = [
    ...(options.secret === null ? ["--no-auth"] : ["--use-auth-secret", `--static-auth-secret=${options.secret}`]),
    `--realm=${options.realm ?? "test.invalid"}`,
    ...["--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--allow-loopback-peers", "--no-cli"],
    ...[`--listening-port=${block.listening}`, `--tls-listening-port=${block.listening + 1}`],
    ...[`--min-port=${block.relayFrom}`, `--max-port=${block.relayTo}`, "--relay-threads=1"],
    ...["--log-file=stdout", "--simple-log", `--pidfile=${join(dir, "pid")}`, `--userdb=${join(dir, "db")}`],
    ...(certificate === "" ? ["--no-tls", "--no-dtls"] : [`--cert=${join(dir, "cert")}`, `--pkey=${join(dir, "key")}`]),
    ...(options.extraArgs ?? []),
  ];
  const child = Bun.spawn(["turnserver", "-n", ...args], {
    cwd: dir,
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let output = "";
  const collect = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) output += decoder.decode(chunk, { stream: true });
  };
  const reading = Promise.all([collect(child.stdout), collect(child.stderr)]);
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await child.exited;
    await reading;
    block.release();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await eventually("coturn answers", async () => {
      if (child.exitCode !== null) throw new Error(`coturn ended with ${child.exitCode}:\n${output}`);
      return answers(block.listening);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port: block.listening,
    url: `turn:127.0.0.1:${block.listening}`,
    certificate,
    output: () => output,
    stop,
  };
}

async function answers(port: number): Promise<boolean> {
  const options = { clock: systemClock, random: systemRandom, timeoutMs: 500, retransmitMs: 100 };
  for (const transport of ["udp", "tcp"] as const) {
    const { result } = await probeBinding({ transport, address: "127.0.0.1", port }, options);
    if (result !== "failed") return true;
  }
  return false;
}

const BLOCK_SIZE = 50;
const FIRST_PORT = 12_000;
/** Below the range from which the system gives out ports by itself. */
const BLOCKS = 400;

interface PortBlock {
  readonly listening: number;
  readonly relayFrom: number;
  readonly relayTo: number;
  release(): void;
}

/**
 * Ports for one coturn. It binds its relay ports in a way that does not notice who else has them, so that suites
 * running at once keep apart by holding the first port of their block.
 */
async function claimPorts(): Promise<PortBlock> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = FIRST_PORT + BLOCK_SIZE * Math.floor(Math.random() * BLOCKS);
    const claim = await listen(first);
    if (claim === null) continue;
    const [tcp, udp] = [await listen(first + 1), await canBindUdp(first + 1)];
    tcp?.close();
    if (tcp !== null && udp) {
      return {
        listening: first + 1,
        relayFrom: first + 5,
        relayTo: first + BLOCK_SIZE - 1,
        release: () => claim.close(),
      };
    }
    claim.close();
  }
  throw new Error("no free ports for coturn");
}

/** Null if the port is taken. */
function listen(port: number): Promise<Server | null> {
  return new Promise((done) => {
    const server = createServer();
    server.unref();
    server.once("error", () => done(null));
    server.listen(port, "127.0.0.1", () => done(server));
  });
}

function canBindUdp(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = createSocket("udp4");
    socket.once("error", () => done(false));
    socket.bind(port, "127.0.0.1", () => socket.close(() => done(true)));
  });
}

/** Writes `cert` and `key` into the folder; returns the certificate. */
async function makeCertificate(dir: string, name: string, env: Record<string, string>): Promise<string> {
  const subject = /^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`;
  const made = Bun.spawn(
    [
      ...["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"],
      ...["-keyout", join(dir, "key"), "-out", join(dir, "cert"), "-days", "2"],
      ...["-subj", `/CN=${name}`, "-addext", `subjectAltName=${subject}`],
    ],
    { env, stdin: "ignore", stdout: "ignore", stderr: "pipe" },
  );
  if ((await made.exited) !== 0) throw new Error(`openssl failed:\n${await new Response(made.stderr).text()}`);
  return readFileSync(join(dir, "cert"), "utf8");
}
