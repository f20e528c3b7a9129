import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import type { Kind } from "../../src/faces/operator/wire.ts";
import type { OpenApiDocument } from "../../src/transport/openapi/types.ts";
import {
  checker,
  examplesOf,
  jsonOf,
  keysOf,
  operationsOf,
  Replay,
  successOf,
  type Described,
} from "../support/openapi.ts";
import { eventually } from "../support/eventually.ts";
import { call, type Answer } from "../support/http.ts";
import { rendezvous } from "../support/cli.ts";
import { operatorClient } from "../support/operator-client.ts";
import { startServer } from "../support/server.ts";
import { device, signUp } from "./devices-client.ts";

const settings = {
  TURN_URLS: "turn:turn.example.org:3478",
  TURN_SECRET: "north",
  STUN_URLS: "stun:stun.example.org",
  // Signatures of examples are made up.
  ARENA_VERIFY_SIGNATURES: "off",
};

// The tests below are made from the document, so it has to be there before them. One server is told nothing of the
// examples, the other one all of them.
const folder = mkdtempSync(join(tmpdir(), "rendezvous-replayed-"));
const [server, replayed] = await Promise.all([startServer(settings), startServer({ ...settings, DATA_DIR: folder })]);
const document = (await call("GET", `${server.url}/openapi.json`)).body as OpenApiDocument;
const operations = operationsOf(document);
const check = checker(document);

afterAll(async () => {
  await Promise.all([server.stop(), replayed.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

/** What must have happened before an example can go well. */
const before: Readonly<Record<string, readonly string[]>> = {
  setHostStatus: ["hostHeartbeat"],
  removeHost: ["hostHeartbeat"],
  findHost: ["hostHeartbeat"],
  listHosts: ["registerHost"],
  getHost: ["registerHost"],
  setHostMaintenance: ["registerHost"],
  beatHost: ["registerHost"],
  unregisterHost: ["registerHost"],
  listZones: ["createZone"],
  getZone: ["createZone"],
  updateZone: ["createZone"],
  openSession: ["registerHost", "createZone"],
  listSessions: ["openSession"],
  getSession: ["addPlayer"],
  activateSession: ["openSession"],
  endSession: ["openSession"],
  updateSessionMetrics: ["openSession"],
  addPlayer: ["openSession"],
  removePlayer: ["addPlayer"],
  postOffer: ["openSession"],
  getOffer: ["postOffer"],
  postAnswer: ["openSession"],
  getAnswer: ["postAnswer"],
  postIceCandidate: ["openSession"],
  getIceCandidates: ["postIceCandidate"],
  searchObjects: ["hostHeartbeat"],
  getObject: ["hostHeartbeat"],
  setMaintenance: ["hostHeartbeat"],
  operatorEndsSession: ["openSession"],
  cancelTicket: ["joinQueue"],
  signIn: ["signUp"],
  signOut: ["signUp"],
  listTokens: ["signUp"],
  revokeOtherTokens: ["signIn"],
  revokeToken: ["signUp"],
  changePassword: ["signUp"],
  resetPassword: ["signUp"],
  deleteAccount: ["signUp"],
  listContacts: ["requestContact"],
  changeContact: ["signUp"],
  requestContact: ["signUp"],
  acceptContact: ["signUp"],
  declineContact: ["signUp"],
  removeContact: ["requestContact"],
  blockContact: ["signUp"],
  unblockContact: ["blockContact"],
  deleteContact: ["requestContact"],
  pollQueue: ["joinQueue"],
  leaveQueue: ["joinQueue"],
  watchQueue: ["leaveQueue"],
  getMatch: ["an opponent joins", "joinQueue"],
  reportResult: ["getMatch"],
  getTypedData: ["reportResult", "the opponent reports"],
  submitSignature: ["getTypedData"],
  getSignatures: ["submitSignature"],
  proposeWager: ["getMatch"],
  acceptWager: ["getMatch", "the opponent proposes"],
  declineWager: ["getMatch", "the opponent proposes"],
  getWager: ["proposeWager"],
  getLeaderboard: ["getTypedData"],
  getAgentRating: ["getTypedData"],
  startStream: ["getMatch"],
  streamFrames: ["getMatch"],
  streamFrame: ["getMatch"],
  endStreamedGame: ["getMatch"],
  endStream: ["getMatch"],
  countViewers: ["getMatch"],
  getReplay: ["startStream", "streamFrames", "endStreamedGame", "endStream", "a moment passes"],
};

/** What somebody else must have done before an example can go well, at the last moment. */
const prepared: Readonly<Record<string, (story: Story) => Promise<void>>> = {
  acceptContact: (story) => bobAsksAlice(story),
  declineContact: (story) => bobAsksAlice(story),
  drainNode: ({ url, replay }) => knowsId("drainNode", "nodes", url, replay),
  cancelTicket: ({ url, replay }) => knowsId("cancelTicket", "tickets", url, replay),
  async kickDevice({ url, replay }) {
    const there = { url, wsUrl: url.replace(/^http/, "ws") };
    await device(there, await signUp(there), "laptop");
    await knowsId("kickDevice", "devices", url, replay);
  },
  async resetPassword({ replay, named }) {
    const { email, code } = jsonOf(byId("resetPassword").operation.requestBody!.content)!.example as any;
    const { stdout } = await rendezvous(["reset-code", named(email)], { DATA_DIR: folder });
    replay.knows(code, stdout.trim());
  },
};

/** An example with all that must come before it, on a server that has been told others. */
interface Story {
  readonly url: string;
  readonly replay: Replay;
  /** What this story calls what an example names. */
  named(text: string): string;
}

/** What examples choose themselves, and what a server has once. */
const NAMES = [
  ...["host-7f3a", "room-7f3a", "us-east-1", "host-12345", "prontera", "player-12345"],
  ...["alice@", "bob@"],
];

/** What ends its server, and what tells of the streams that other stories leave behind. */
const ALONE = new Set(["drainNode", "getHealth"]);

let told = 0;

/** Begins a story: it calls everything by names of its own, and nobody of the stories before waits or plays any more. */
async function begin(url: string): Promise<Story> {
  const mark = `-story${++told}`;
  const marked = (name: string): string => (name.endsWith("@") ? `${name.slice(0, -1)}${mark}@` : `${name}${mark}`);
  const named = (text: string): string => NAMES.reduce((rest, name) => rest.replaceAll(name, marked(name)), text);
  expect((await call("POST", `${url}/admin/cleanup`)).status).toBe(200);
  return { url, named, replay: new Replay(url, undefined, named) };
}

/** The only one of its kind has another id than in the example. */
async function knowsId(operation: string, kind: Kind, url: string, replay: Replay): Promise<void> {
  const { confirm } = jsonOf(byId(operation).operation.requestBody!.content)!.example as any;
  const { items } = await operatorClient(() => url).list(kind);
  replay.knows(confirm, items[0]!.id);
}

async function bobAsksAlice({ url, named }: Story): Promise<void> {
  const { email } = jsonOf(byId("signUp").operation.requestBody!.content)!.example as any;
  const { email: bob } = jsonOf(byId("acceptContact").operation.requestBody!.content)!.example as any;
  const { token } = (
    await call("POST", `${url}/api/auth/signup`, {
      email: named(bob),
      password: "a password of bob",
    })
  ).body;
  await call("POST", `${url}/api/contacts`, { email: named(email) }, { authorization: `Bearer ${token}` });
}

function byId(id: string, among = operations): Described {
  return among.find((one) => one.id === id)!;
}

/** What others must have done, of whom the examples say nothing. */
const others: Readonly<Record<string, (url: string) => Promise<void>>> = {
  async "an opponent joins"(url) {
    await opponent(url).join();
  },
  async "the opponent reports"(url) {
    await opponent(url).act("result", { outcome: "lost", stocks_remaining: 0 });
  },
  async "a moment passes"(url) {
    const { match_id } = (await call("GET", `${url}/queue/${queueIds.get(url)}`)).body;
    await eventually("the replay is written", async () => {
      return (await call("GET", `${url}/matches/${match_id}/replay`)).body.is_complete === true;
    });
  },
  async "the opponent proposes"(url) {
    await opponent(url).act("wager/propose", { amount_wei: 10_000_000_000_000_000, wager_id: 42 });
  },
};

const OPPONENT = {
  connect_code: "SCAV#861",
  wallet_address: "0x00000000000000000000000000000000000000B2",
  agent_id: 12,
};
const queueIds = new Map<string, string>();

/** Who plays against the examples on the server at `url`. */
function opponent(url: string) {
  return {
    async join() {
      queueIds.set(url, (await call("POST", `${url}/queue/join`, OPPONENT)).body.queue_id);
    },
    async act(path: string, body: object) {
      const queue_id = queueIds.get(url);
      const { match_id } = (await call("GET", `${url}/queue/${queue_id}`)).body;
      const { status } = await call("POST", `${url}/matches/${match_id}/${path}`, { queue_id, ...body });
      expect([path, status]).toEqual([path, 200]);
    },
  };
}

/** What happened before, and what had to happen before that: names of operations, and of what others do. */
function namesOf(id: string): readonly string[] {
  return [...new Set([...(before[id] ?? []).flatMap((one) => namesOf(one)), id])];
}

/** The operations of a story. */
function storyOf(id: string): readonly Described[] {
  return namesOf(id).flatMap((one) => byId(one) ?? []);
}

/** Says how an answer differs from what is declared for its status; null if it does not. */
function deviation({ operation }: Described, { status, body, headers }: Answer): string | null {
  const declared = operation.responses[status];
  if (declared === undefined) return `${status} is not declared: ${JSON.stringify(body)}`;
  const [type, media] = Object.entries(declared.content ?? {})[0] ?? [];
  if (type === undefined) return null;
  if (!headers.get("content-type")?.startsWith(type)) return `${headers.get("content-type")} is not ${type}`;
  return media?.schema === undefined ? null : check(media.schema, body);
}

describe("/openapi.json", () => {
  test("is there for every web page, and not sent twice", async () => {
    const { headers } = await call("GET", `${server.url}/openapi.json`);
    expect(headers.get("access-control-allow-origin")).toBe("*");
    expect(headers.get("content-type")).toBe("application/json");
    const again = await call("GET", `${server.url}/openapi.json`, undefined, { "if-none-match": headers.get("etag")! });
    expect(again.status).toBe(304);
  });

  test("fits the official schema of OpenAPI 3.1", async () => {
    expect(await new Validator().validate(structuredClone(document) as never)).toEqual({ valid: true });
  });

  test("has no bounds that are rounded where they are read", () => {
    const bounds: number[] = [];
    JSON.stringify(document, (key, value: unknown) => {
      if ((key === "minimum" || key === "maximum") && typeof value === "number") bounds.push(value);
      return value;
    });
    expect(bounds.length).toBeGreaterThan(0);
    expect(bounds.filter((bound) => Math.abs(bound) > Number.MAX_SAFE_INTEGER)).toEqual([]);
  });

  test("passes the linter", async () => {
    expect(await lint(document)).toEqual({ code: 0, problems: [] });
  });

  test("says what a token must allow where tokens are asked for, and is open to all itself", async () => {
    const closed = await startServer({
      ...settings,
      AUTH_MODE: "token",
      JWT_SECRET: "a secret of thirty-two bytes and more",
    });
    try {
      const { status, body } = await call("GET", `${closed.url}/openapi.json`);
      expect(status).toBe(200);
      expect(await lint(body)).toEqual({ code: 0, problems: [] });
      const heartbeat = byId("hostHeartbeat", operationsOf(body));
      expect(heartbeat.operation.security).not.toContainEqual({});
      const refused = await new Replay(closed.url).send(heartbeat);
      expect([refused.status, deviation(heartbeat, refused)]).toEqual([401, null]);
    } finally {
      await closed.stop();
    }
  });

  test("is linted in earnest", async () => {
    const wrong = structuredClone(document) as any;
    delete wrong.paths["/health"].get.summary;
    wrong.paths["/api/host/heartbeat"].post.responses["200"].content["application/json"].example = { success: "yes" };
    const { code, problems } = await lint(wrong);
    expect(code).not.toBe(0);
    expect(problems).toContain("operation-summary");
    expect(problems).toContain("no-invalid-media-type-examples");
  });

  test("is there for people too, with every operation", async () => {
    expect((await call("GET", `${server.url}/docs`)).body).toContain('href="/docs/api"');
    const { body: html } = await call("GET", `${server.url}/docs/api`);
    expect(operations.filter(({ id }) => !html.includes(`<section class="operation" id="${id}">`))).toEqual([]);
    expect(html).toContain('href="/openapi.json"');
  });

  test("describes only the faces that are served", async () => {
    const small = await startServer({ FACES: "rooms" });
    try {
      const { body } = await call("GET", `${small.url}/openapi.json`);
      expect(body.tags.map(({ name }: { name: string }) => name)).toEqual([
        "Operators",
        "ICE servers",
        "Tickets",
        "Operating",
      ]);
    } finally {
      await small.stop();
    }
  });
});

describe("the examples", () => {
  test("are what their schemas say", () => {
    const wrong = operations.flatMap(({ id, operation }) => {
      const bodies = [operation.requestBody, ...Object.values(operation.responses)].map((one) => jsonOf(one?.content));
      return bodies.flatMap((media) =>
        (media === undefined ? [] : examplesOf(media))
          .map((example) => check(media!.schema!, example))
          .filter((problem) => problem !== null)
          .map((problem) => `${id}: ${problem}`),
      );
    });
    expect(wrong).toEqual([]);
  });

  test("are there for every body that is taken and every JSON body that is answered", () => {
    const without = operations.filter(({ operation }) => {
      const bodies = [operation.requestBody, successOf(operation).answer].map((one) => jsonOf(one?.content));
      return bodies.some((media) => media !== undefined && examplesOf(media).length === 0);
    });
    expect(without.map(({ id }) => id)).toEqual([]);
  });

  for (const described of operations) {
    test(`replayed: ${described.id} answers as it is declared`, async () => {
      const own = ALONE.has(described.id) ? await startServer(settings) : null;
      try {
        const story = await begin((own ?? replayed).url);
        const { replay } = story;
        for (const name of namesOf(described.id)) {
          await others[name]?.(story.url);
          const step = byId(name);
          if (step === undefined) continue;
          await prepared[step.id]?.(story);
          const answer = await replay.send(step);
          const { status, answer: declared } = successOf(step.operation);
          expect([step.id, answer.status, answer.body]).toEqual([step.id, status, answer.body]);
          expect([step.id, deviation(step, answer)]).toEqual([step.id, null]);
          const shown = jsonOf(declared.content)?.example;
          if (shown !== undefined) expect([step.id, keysOf(answer.body)]).toEqual([step.id, keysOf(shown)]);
        }
      } finally {
        await own?.stop();
      }
    });
  }

  test("of the coordinator go just as well below /api/v1", async () => {
    const fresh = await startServer(settings);
    try {
      const replay = new Replay(fresh.url, (path) => path.replace(/^\/api\//, "/api/v1/"));
      const wanted = ["beatHost", "getSession", "getAnswer", "getIceCandidates", "updateZone", "getDashboard"];
      for (const step of new Set(wanted.flatMap((id) => storyOf(id)))) {
        const answer = await replay.send(step);
        expect([step.id, answer.status, deviation(step, answer)]).toEqual([
          step.id,
          successOf(step.operation).status,
          null,
        ]);
      }
    } finally {
      await fresh.stop();
    }
  });

  test("sent to a server that knows nothing of them are answered as it is declared", async () => {
    const replay = new Replay(server.url);
    for (const described of operations) {
      expect([described.id, deviation(described, await replay.send(described))]).toEqual([described.id, null]);
    }
  });

  test("broken in the middle are refused as it is declared", async () => {
    const replay = new Replay(server.url);
    for (const described of operations.filter(({ operation }) => operation.requestBody !== undefined)) {
      const answer = await replay.send(described, "{");
      // Each document has its own status for it.
      expect([400, 422]).toContain(answer.status);
      expect([described.id, deviation(described, answer)]).toEqual([described.id, null]);
    }
  });
});

/** What the linter says, as the names of the rules that found something. */
async function lint(what: OpenApiDocument): Promise<{ readonly code: number; readonly problems: readonly string[] }> {
  const folder = mkdtempSync(join(tmpdir(), "rendezvous-openapi-"));
  try {
    writeFileSync(join(folder, "openapi.json"), JSON.stringify(what, null, 2));
    const child = Bun.spawn(
      [
        process.execPath,
        resolve(import.meta.dir, "../../node_modules/.bin/redocly"),
        ...["lint", "openapi.json", "--format", "json"],
        ...["--config", resolve(import.meta.dir, "openapi-lint.yaml")],
      ],
      {
        cwd: folder,
        // It would otherwise tell its makers that it ran, and ask them for a newer version.
        env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" },
        stdout: "pipe",
        stderr: "ignore",
      },
    );
    const report = (await new Response(child.stdout).json()) as { problems: readonly { ruleId: string }[] };
    return { code: await child.exited, problems: report.problems.map(({ ruleId }) => ruleId) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
