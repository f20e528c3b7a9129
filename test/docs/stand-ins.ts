import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { certificateFolder } from "../support/certificates.ts";
import { startCoturn } from "../support/coturn.ts";
import { startPostgres } from "../support/postgres.ts";
import { startRedis } from "../support/redis.ts";
import { root } from "../tooling/package-copy.ts";

const modules = join(root, "node_modules");

/** What the pages write for secrets, in files and elsewhere. */
const TURN_SECRET = "the-secret-of-coturn";
const SECRETS = { turn: TURN_SECRET, admin: "a-long-admin-token", jwt: "a secret of at least thirty-two bytes" };

/**
 * Real things in the place of names that the pages make up: each is started when a page first names it. Ports 8080 to
 * 8089 become free ones, so that the pages can be tried side by side.
 */
export class StandIns {
  readonly #folder: string;
  readonly #ports = new Map<string, string>();
  readonly #started = new Map<string, string>();
  readonly #stops: (() => unknown)[] = [];

  readonly #clones: boolean;

  /** @param clones true: what clones or installs does so; false: it takes what is here */
  constructor(folder: string, clones: boolean) {
    this.#folder = folder;
    this.#clones = clones;
  }

  /** A page's command or program, as it can be run here. */
  async toReal(text: string): Promise<string> {
    let real = text
      .replaceAll("HOST=0.0.0.0", "HOST=127.0.0.1")
      .replaceAll("PORT=443", "PORT=8080")
      .replaceAll(/git clone (?:<[^>]+>|\S+)/g, this.#clones ? `git clone --quiet '${root}'` : "cp -a ../clone");
    if (!this.#clones) {
      const link = `mkdir -p node_modules && ln -s '${modules}/$1' node_modules/`;
      // The packages are there by a link, through which this one would empty the folder that runs the tests.
      real = real.replaceAll(/^npm ci\b/gm, "true");
      real = real.replaceAll(/npm install (?:--?\S+ )*([\w.-]+)$/gm, link);
      // It begins by emptying node_modules, which in this clone is a link to those that everything here runs from.
      real = real.replaceAll(/^npm ci$/gm, "test -d node_modules/bun");
    }
    for (const [name, start] of Object.entries(this.#stands)) {
      if (!real.includes(name)) continue;
      if (!this.#started.has(name)) this.#started.set(name, await start());
      real = real.replaceAll(name, this.#started.get(name)!);
    }
    for (const [port] of real.matchAll(/\b808\d\b/g)) {
      if (!this.#ports.has(port)) this.#ports.set(port, String(await ownPort()));
    }
    return real.replaceAll(/\b808\d\b/g, (port) => this.#ports.get(port)!);
  }

  /** What a program printed, as the page would show it. */
  toShown(text: string): string {
    let shown = text;
    for (const [written, port] of this.#ports) shown = shown.replaceAll(new RegExp(`\\b${port}\\b`, "g"), written);
    for (const [name, real] of this.#started) shown = shown.replaceAll(real, name);
    return shown;
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.toReversed()) await stop();
  }

  readonly #stands: Readonly<Record<string, () => Promise<string>>> = {
    "redis.internal:6379": async () => {
      const redis = await startRedis();
      this.#stops.push(() => redis.stop());
      return `127.0.0.1:${redis.port}`;
    },
    "postgres://rendezvous@db.internal/rendezvous": async () => {
      const postgres = await startPostgres();
      this.#stops.push(() => postgres.stop());
      return postgres.createDatabase();
    },
    "turn.example.org:3478": async () => {
      const coturn = await startCoturn({ secret: TURN_SECRET });
      this.#stops.push(() => coturn.stop());
      return `127.0.0.1:${coturn.port}`;
    },
    "/etc/rendezvous/fullchain.pem": async () => this.#certificate().cert,
    "/etc/rendezvous/privkey.pem": async () => this.#certificate().key,
    "/run/secrets": async () => {
      const folder = join(this.#folder, "secrets");
      mkdirSync(folder, { recursive: true });
      for (const [name, text] of Object.entries(SECRETS)) writeFileSync(join(folder, name), `${text}\n`);
      return folder;
    },
  };

  #files: { readonly cert: string; readonly key: string } | null = null;
  #certificate(): { readonly cert: string; readonly key: string } {
    if (this.#files === null) {
      const folder = certificateFolder();
      this.#stops.push(() => folder.remove());
      this.#files = folder.make("rendezvous");
    }
    return this.#files;
  }
}

/** Below those that systems give to outgoing connections, ten for each process that runs tests. */
let next = 20_000 + (process.pid % 1_000) * 10;

/** A port that stays free between now and the server that a page starts on it. */
async function ownPort(): Promise<number> {
  for (;;) {
    const port = next++;
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((found) => {
    const probe = createServer();
    probe.once("error", () => found(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => found(true)));
  });
}
