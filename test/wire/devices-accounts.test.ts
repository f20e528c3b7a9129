import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { issueToken } from "../../src/adapters/jwt/issue.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { systemRandom } from "../../src/adapters/system/random.ts";
import { rendezvous } from "../support/cli.ts";
import { anEmail, member, PASSWORD, stranger } from "../support/devices-client.ts";
import { eventually } from "../support/eventually.ts";
import { startPostgres, type RunningPostgres } from "../support/postgres.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { accountsSuite } from "./devices-accounts-suite.ts";

let postgres: RunningPostgres;
let folder: string;
let made = 0;
beforeAll(async () => {
  postgres = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), "rendezvous-accounts-"));
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const stores: Readonly<Record<string, () => Promise<Record<string, string>>>> = {
  SQLite: async () => ({ DATA_DIR: join(folder, `${made++}`) }),
  PostgreSQL: async () => ({ DATABASE_URL: await postgres.createDatabase() }),
};
for (const [store, settings] of Object.entries(stores)) accountsSuite(store, settings);

/** Runs a server for as long as a test needs one. */
async function serving(settings: Record<string, string>, run: (server: RunningServer) => Promise<void>): Promise<void> {
  const server = await startServer({ FACES: "devices", DATA_DIR: join(folder, `${made++}`), ...settings });
  try {
    await run(server);
  } finally {
    await server.stop();
  }
}

describe("what was answered with 2xx survives kill -9", () => {
  for (const [store, settings] of Object.entries(stores)) {
    test(`on ${store}`, async () => {
      const kept = await settings();
      const first = await startServer({ FACES: "devices", ...kept });
      const done: { email: string; token: string; asked: string[] }[] = [];
      let killed = false;
      const write = async (): Promise<void> => {
        while (!killed) {
          try {
            const me = await member(() => first.url);
            const account = { email: me.email, token: me.token, asked: [] as string[] };
            done.push(account);
            for (let at = 0; at < 5; at++) {
              const email = anEmail();
              if ((await me.post("/contacts", { email })).status === 200) account.asked.push(email);
            }
          } catch {
            return;
          }
        }
      };
      const writers = Array.from({ length: 10 }, write);
      await eventually("enough is written", () => done.length > 40);
      expect(await first.stop("SIGKILL")).toBe(137);
      killed = true;
      await Promise.all(writers);

      await serving(kept, async (second) => {
        for (const { email, token, asked } of done) {
          const me = stranger(() => second.url, email);
          me.token = token;
          const contacts = await me.contacts();
          expect(asked.filter((other) => contacts[other] !== "outgoing")).toEqual([]);
        }
        const { email } = done.at(-1)!;
        const again = await stranger(() => second.url).post("/auth/login", { email, password: PASSWORD });
        expect(again.status).toBe(200);
      });
    });
  }
});

describe("SIGNUP", () => {
  test("invite asks for one, which the operator's command line hands out, once", async () => {
    const kept = { DATA_DIR: join(folder, `${made++}`), SIGNUP: "invite" };
    await serving(kept, async (server) => {
      const signUp = (email: string, invite?: string) =>
        stranger(() => server.url).post("/auth/signup", { email, password: PASSWORD, invite });
      expect((await signUp(anEmail())).body.code).toBe("bad_invite");
      const invite = (await rendezvous(["invite"], kept)).stdout;
      const outcomes = await Promise.all(Array.from({ length: 5 }, () => signUp(anEmail(), invite)));
      expect(outcomes.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(outcomes.filter(({ status }) => status === 403)).toHaveLength(4);
      const email = anEmail();
      const own = JSON.parse((await rendezvous(["invite", "--email", email, "--json"], kept)).stdout);
      expect((await signUp(anEmail(), own.invite)).status).toBe(403);
      expect((await signUp(email, own.invite)).status).toBe(201);
    });
  });

  test("off lets nobody in who is not there", async () => {
    const kept = { DATA_DIR: join(folder, `${made++}`) };
    const email = anEmail();
    await serving(kept, async (server) => void (await member(() => server.url, email)));
    await serving({ ...kept, SIGNUP: "off" }, async (server) => {
      const me = stranger(() => server.url);
      expect((await me.post("/auth/signup", { email: anEmail(), password: PASSWORD })).body).toEqual({
        event: "error",
        error: "Accounts cannot be made here.",
        code: "signup_closed",
      });
      expect((await me.post("/auth/login", { email, password: PASSWORD })).status).toBe(200);
    });
  });

  test("open on an address of the network is remarked on", async () => {
    const remarks = async (settings: Record<string, string>): Promise<string> => {
      const { stdout } = await rendezvous(["check-config", "--json"], settings);
      return JSON.parse(stdout).remarks.join("\n");
    };
    expect(await remarks({ HOST: "0.0.0.0" })).toContain("unproven claim");
    expect(await remarks({})).not.toContain("unproven claim");
    expect(await remarks({ HOST: "0.0.0.0", SIGNUP: "invite" })).not.toContain("unproven claim");
    expect(await remarks({ HOST: "0.0.0.0", FACES: "rooms" })).not.toContain("unproven claim");
  });
});

describe("people whom an identity provider vouches for", () => {
  const JWT_SECRET = "a secret of thirty-two bytes and more";
  const jwt = (claims: object): Promise<string> =>
    issueToken(
      { subject: "someone", ttlSeconds: 60, issuer: null, audience: null, claims: { ...claims } },
      { secret: JWT_SECRET, clock: systemClock, random: systemRandom },
    );

  for (const AUTH_MODE of ["open", "token"]) {
    test(`have contacts and no account, with AUTH_MODE=${AUTH_MODE}`, async () => {
      await serving({ AUTH_MODE, JWT_SECRET }, async (server) => {
        const url = (): string => server.url;
        const [alice, bob] = [stranger(url), stranger(url)];
        alice.token = await jwt({ email: alice.email.toUpperCase() });
        bob.token = await jwt({ email: bob.email, email_verified: true });
        await alice.post("/contacts", { email: bob.email });
        await bob.post("/contacts/accept", { email: alice.email });
        expect(await alice.contacts()).toEqual({ [bob.email]: "accepted" });
        expect((await alice.post("/auth/logout")).body).toMatchObject({ event: "error", code: "no_password" });
        const change = { current_password: "x", password: PASSWORD };
        expect((await alice.post("/auth/password", change)).body.code).toBe("no_password");
        bob.token = await jwt({ email: bob.email, email_verified: false });
        expect((await bob.get("/contacts")).status).toBe(401);
        // An address that anybody could claim would stand for theirs.
        expect((await bob.post("/auth/signup", { email: bob.email, password: PASSWORD })).body.code).toBe(
          "signup_closed",
        );
        expect((await alice.delete("/auth/account", {})).status).toBe(204);
        bob.token = await jwt({ email: bob.email });
        expect(await bob.contacts()).toEqual({});
      });
    });
  }

  test("may live beside accounts, if the operator says so", async () => {
    await serving({ AUTH_MODE: "token", JWT_SECRET, SIGNUP: "open" }, async (server) => {
      const me = await member(() => server.url);
      expect(await me.contacts()).toEqual({});
    });
  });
});

describe("attempts to get in", () => {
  const settings = { RATE_LIMIT_LOOPBACK: "on" };

  for (const [path, status] of [
    ["signup", 409],
    ["login", 401],
    ["reset", 403],
  ] as const) {
    test(`by ${path} are ten a minute from one address, whoever they are for`, async () => {
      await serving(settings, async (server) => {
        const me = stranger(() => server.url);
        const known = { email: anEmail(), password: PASSWORD };
        if (path === "signup") await me.post("/auth/signup", known);
        const attempt = () =>
          me.post(`/auth/${path}`, path === "signup" ? known : { email: anEmail(), password: PASSWORD, code: "x" });
        const before = path === "signup" ? 9 : 10;
        for (let at = 0; at < before; at++) expect((await attempt()).status).toBe(status);
        const { status: refused, body, headers } = await attempt();
        expect([refused, body]).toEqual([429, { event: "error", error: expect.any(String), code: "rate_limited" }]);
        expect(Number(headers.get("retry-after"))).toBeWithin(1, 61);
        // Other ways are counted by themselves.
        const others = ["signup", "login", "reset"].filter((one) => one !== path);
        for (const other of others) expect((await me.post(`/auth/${other}`, {})).status).toBe(400);
      });
    });
  }

  test("at one account are counted from this machine too, and end by themselves only", async () => {
    await serving({}, async (server) => {
      const { email } = await member(() => server.url);
      const attempt = (password: string) => stranger(() => server.url).post("/auth/login", { email, password });
      for (let at = 0; at < 10; at++) expect((await attempt("wrong password")).status).toBe(401);
      const { status, body, headers } = await attempt(PASSWORD);
      expect([status, body.code]).toEqual([429, "too_many_attempts"]);
      expect(Number(headers.get("retry-after"))).toBeWithin(1, 901);
    });
  });
});

test("neither passwords nor tokens are logged, however much is", async () => {
  const server = await startServer({ FACES: "devices", LOG_LEVEL: "trace", DATA_DIR: join(folder, `${made++}`) });
  const me = await member(() => server.url);
  await me.post("/auth/login", { email: me.email, password: "a wrong password" });
  await me.post("/auth/signup", `{"email":"x","password":"${PASSWORD}"`);
  await me.get(`/contacts?access_token=${me.token}`);
  await me.post("/auth/logout");
  await server.stop();
  for (const secret of [me.token, PASSWORD, "a wrong password"]) expect(server.output()).not.toContain(secret);
});

test("an account made on one node signs in on another, and a token revoked there is good on neither", async () => {
  const shared = { DATABASE_URL: await postgres.createDatabase(), FACES: "devices" };
  const nodes = await Promise.all([startServer(shared), startServer(shared)]);
  const [one, two] = nodes.map(
    ({ url }) =>
      () =>
        url,
  ) as [() => string, () => string];
  try {
    const me = await member(one);
    const there = stranger(two, me.email);
    there.token = (await there.post("/auth/login", { email: me.email, password: PASSWORD })).body.token;
    expect((await there.delete(`/auth/tokens/${me.tokenId}`)).status).toBe(204);
    expect((await me.get("/contacts")).status).toBe(401);
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
  }
});

test("while PostgreSQL is away it is said in the face's shape, and all is there when it is back", async () => {
  const own = await startPostgres();
  try {
    await serving({ DATABASE_URL: own.url, LOG_LEVEL: "silent" }, async (server) => {
      const me = await member(() => server.url);
      await own.kill();
      const { status, body } = await me.get("/contacts");
      expect([status, body]).toEqual([503, { event: "error", error: expect.any(String), code: "store_unavailable" }]);
      await own.restart();
      await eventually("it is back", async () => (await me.get("/contacts")).status === 200);
      expect((await me.post("/auth/login", { email: me.email, password: PASSWORD })).status).toBe(200);
    });
  } finally {
    await own.stop();
  }
});
