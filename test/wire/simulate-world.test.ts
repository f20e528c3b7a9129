import { Database } from "bun:sqlite";
import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rendezvous } from "../support/cli.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { call } from "../support/http.ts";
import { startProgram, type RunningProgram } from "../support/program.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { SECRET } from "../support/tokens.ts";

const TIMEOUT_MS = 120_000;
/** How long a busy machine may take until something of everything has happened, in ms. */
const PATIENCE_MS = 60_000;

/** Something that moves on each face once somebody lives there. */
const SIGNS = {
  "host-pool": /^rendezvous_finds_total\{outcome="found"\} [1-9]/m,
  rooms: /^rendezvous_room_relayed_total [1-9]/m,
  coordinator: /^rendezvous_signals_posted_total\{type="answer"\} [1-9]/m,
  devices: /^rendezvous_device_messages_total\{outcome="local"\} [1-9]/m,
  arena: /^rendezvous_arena_matches [1-9]/m,
  "video-chat": /^rendezvous_video_chat_relayed_total [1-9]/m,
} as const;

let folder: string | null = null;
let server: RunningServer | null = null;
let world: RunningProgram | null = null;

afterEach(async () => {
  world?.interrupt();
  await world?.ended;
  await server?.stop();
  if (folder !== null) rmSync(folder, { recursive: true, force: true });
  [folder, server, world] = [null, null, null];
});

async function metrics(): Promise<string> {
  return (await fetch(`${server!.url}/metrics`)).text();
}

/** Starts a server, and a world on it, and waits until there is life on all of these. */
async function inhabited(
  faces: readonly (keyof typeof SIGNS)[],
  settings: Record<string, string>,
  args: readonly string[],
): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), "rendezvous-world-"));
  // A busy machine's refusals are another test's subject.
  server = await startServer({ DATA_DIR: folder, MAX_DELAY_MS: "0", ...settings });
  world = startProgram(["simulate", "--url", server.url, "--rate", "10", "--size", "40", "--json", ...args], {
    ...(settings["JWT_SECRET"] === undefined ? {} : { JWT_SECRET: settings["JWT_SECRET"] }),
  });
  await eventually(
    `life on ${faces.join(", ")}`,
    async () => {
      const text = await metrics();
      return faces.every((face) => SIGNS[face].test(text));
    },
    PATIENCE_MS,
  );
}

/** Ends the world, and returns what it says of itself at its end. */
async function end(): Promise<any> {
  world!.interrupt();
  const { code, stdout, stderr } = await world!.ended;
  const said = JSON.parse(stdout.trim().split("\n").at(-1)!);
  // A machine that stands still for ten seconds is not what this is about.
  const problems = said.problems.filter(({ reason }: any) => !reason.includes("does not answer"));
  expect({ code, problems, cleared: said.cleared, stderr }).toMatchObject({
    code: 0,
    problems: [],
    cleared: true,
  });
  return said;
}

/** What a world has left on the server, besides records of what is over. */
async function leftovers(): Promise<unknown> {
  const { body: health } = await call("GET", `${server!.url}/health`);
  const database = new Database(join(folder!, "rendezvous.db"), { readonly: true });
  const { accounts } = database.query("select count(*) as accounts from accounts").get() as { accounts: number };
  database.close();
  const sockets = [...(await metrics()).matchAll(/^rendezvous_sockets\{.*\} ([1-9]\d*)$/gm)].map(([line]) => line);
  const hosts = [...(await metrics()).matchAll(/^rendezvous_(?:coordinator_)?hosts\{.*\} [1-9].*$/gm)].map(
    ([line]) => line,
  );
  const { queue_size, active_matches, activeUsers } = health;
  return { queue_size, active_matches, activeUsers, accounts, sockets, hosts };
}

const NOTHING = { queue_size: 0, active_matches: 0, activeUsers: 0, accounts: 0, sockets: [], hosts: [] };

async function expectNothingLeft(): Promise<void> {
  // A socket that has just closed may still be counted.
  await eventually("nothing is left", async () => Bun.deepEquals(await leftovers(), NOTHING)).catch(() => undefined);
  expect(await leftovers()).toEqual(NOTHING);
}

test(
  "a world lives on all faces of a server, and takes everything away when it ends",
  async () => {
    await inhabited(["host-pool", "rooms", "coordinator", "devices", "arena", "video-chat"], {}, []);
    const { faces } = await end();
    for (const face of ["host-pool", "coordinator", "devices", "arena", "video-chat"]) {
      expect([face, faces[face].begun > 0]).toEqual([face, true]);
    }
    await expectNothingLeft();
  },
  TIMEOUT_MS,
);

test(
  "with the server's secret everybody comes with a token of their own",
  async () => {
    const settings = { AUTH_MODE: "token", JWT_SECRET: SECRET };
    await inhabited(["host-pool", "rooms", "coordinator", "devices", "arena", "video-chat"], settings, []);
    await end();
    await expectNothingLeft();
  },
  TIMEOUT_MS,
);

test(
  "faces that are off are left out, and it says so; hosts do without rooms",
  async () => {
    await inhabited(["host-pool"], { FACES: "host-pool,devices" }, []);
    const { faces } = await end();
    expect(Object.keys(faces)).toEqual(["host-pool", "devices"]);
    expect(world!.output()).toContain("does not serve coordinator, arena, video-chat: left out");
    const { code, stderr } = await rendezvous(["simulate", "arena", "--url", server!.url]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("does not serve arena; there is nothing to simulate")]);
  },
  TIMEOUT_MS,
);

test(
  "without a token, or with a wrong one, a server that asks for one is left alone",
  async () => {
    folder = mkdtempSync(join(tmpdir(), "rendezvous-world-"));
    server = await startServer({ DATA_DIR: folder, AUTH_MODE: "token", JWT_SECRET: SECRET });
    const none = await rendezvous(["simulate", "--url", server.url]);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("give --token, or the JWT_SECRET")]);
    const wrong = await rendezvous(["simulate", "--url", server.url, "--token", "not.a.token"]);
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining("does not take the token")]);
  },
  TIMEOUT_MS,
);

test(
  "a server that is not there is told in a sentence, with exit code 1",
  async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { code, stderr } = await rendezvous(["simulate", "--url", url]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${url} does not answer`)]);
  },
  TIMEOUT_MS,
);
