import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { post } from "../support/http.ts";
import { operatorClient } from "../support/operator-client.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { bearer, SECRET, sign } from "../support/tokens.ts";

const ADMIN_TOKEN = "token-of-whoever-runs-this";

/** Routes of every kind: looking, watching, acting. */
const ROUTES = [
  ["GET", "/hosts"],
  ["GET", "/hosts/host-pool:h1"],
  ["GET", "/search?q=h1"],
  ["GET", "/live?once=true"],
  ["POST", "/hosts/host-pool/h1/maintenance"],
] as const;

const anybody = bearer(await sign({ scope: "admin" }));

describe("the dashboard's routes", () => {
  let server: RunningServer | null = null;
  afterEach(async () => {
    await server?.stop();
    server = null;
  });
  const start = async (settings: Record<string, string>): Promise<RunningServer> => {
    server = await startServer({ FACES: "host-pool", ...settings });
    await post(
      `${server.url}/api/host/heartbeat`,
      { hostId: "h1", roomId: "r1" },
      settings["AUTH_MODE"] ? anybody : {},
    );
    return server;
  };
  const statuses = async (headers: Record<string, string>): Promise<readonly number[]> => {
    const operator = operatorClient(() => server!.url, headers);
    const body = { on: true, confirm: "host-pool:h1" };
    const asked = ROUTES.map(([method, path]) => operator.ask(method, path, method === "POST" ? body : undefined));
    return (await Promise.all(asked)).map(({ status }) => status);
  };
  const all = (status: number): readonly number[] => ROUTES.map(() => status);

  test("are for callers on this machine where no token is set, not for proxies and pages of others", async () => {
    await start({});
    expect(await statuses({})).toEqual(all(200));
    expect(await statuses({ "x-forwarded-for": "203.0.113.7" })).toEqual(all(403));
    expect(await statuses({ origin: "https://evil.example" })).toEqual(all(403));
  });

  test("take the ADMIN_TOKEN where one is set, from this machine too", async () => {
    await start({ ADMIN_TOKEN });
    expect(await statuses({})).toEqual(all(401));
    expect(await statuses(bearer("token-of-somebody-else"))).toEqual(all(403));
    expect(await statuses(bearer(ADMIN_TOKEN))).toEqual(all(200));
    const [entry] = (await operatorClient(() => server!.url, bearer(ADMIN_TOKEN)).list("audit")).items;
    expect(entry).toMatchObject({ state: "done", fields: { who: "ADMIN_TOKEN from 127.0.0.1" } });
  });

  test("take a token with scope admin where tokens are asked for, and the ADMIN_TOKEN beside it", async () => {
    await start({ AUTH_MODE: "token", JWT_SECRET: SECRET, ADMIN_TOKEN });
    expect(await statuses({})).toEqual(all(401));
    expect(await statuses(bearer("nonsense"))).toEqual(all(401));
    expect(await statuses(bearer(await sign({ scope: "client" }, "alice")))).toEqual(all(403));
    expect(await statuses(bearer(await sign({ scope: "admin" }, "olga")))).toEqual(all(200));
    expect(await statuses(bearer(ADMIN_TOKEN))).toEqual(all(200));
    const { items } = await operatorClient(() => server!.url, bearer(ADMIN_TOKEN)).list("audit");
    expect(items.map(({ fields }) => fields["who"])).toEqual(["ADMIN_TOKEN from 127.0.0.1", "olga"]);
  });

  test("are not there when switched off", async () => {
    await start({ DASHBOARD: "off", ADMIN_TOKEN });
    expect(await statuses(bearer(ADMIN_TOKEN))).toEqual(all(404));
  });

  for (const open of [{ HOST: "0.0.0.0" }, { PUBLIC_URL: "https://play.example.org" }]) {
    test(`are not there where others reach a server without a token: ${Object.keys(open).join()}`, async () => {
      await start(open);
      expect(await statuses({})).toEqual(all(404));
      const { body } = await operatorClient(() => server!.url).ask("GET", "/hosts");
      expect(body).toEqual({ error: "dashboard_off", message: expect.stringContaining("set ADMIN_TOKEN") });
      await eventually("it is said", () =>
        server!.output().includes("The dashboard is off, because others can reach this server"),
      );
      expect(server!.output()).not.toContain("  dashboard  ");
    });
  }

  test("are there on such an address with an ADMIN_TOKEN", async () => {
    await start({ HOST: "0.0.0.0", ADMIN_TOKEN });
    expect(await statuses({})).toEqual(all(401));
    expect(await statuses(bearer(ADMIN_TOKEN))).toEqual(all(200));
  });

  test("do not end a stream whose token is good for months", async () => {
    await start({ AUTH_MODE: "token", JWT_SECRET: SECRET });
    const exp = Math.floor(Date.now() / 1_000) + 60 * 86_400;
    const watch = await operatorClient(() => server!.url, bearer(await sign({ scope: "admin", exp }, "olga"))).watch();
    for (let overviews = 0; overviews < 2; overviews++) await watch.until("overview", () => true);
    await watch.close();
  });

  test("end a stream with the token it came with", async () => {
    await start({ AUTH_MODE: "token", JWT_SECRET: SECRET });
    const exp = Math.floor(Date.now() / 1_000) + 5;
    const watch = await operatorClient(() => server!.url, bearer(await sign({ scope: "admin", exp }, "olga"))).watch();
    for (let event = await watch.next(); event !== null;) event = await watch.next();
    expect(Date.now()).toBeGreaterThanOrEqual(exp * 1_000 - 1_000);
  });

  test("keep the audit log over a restart, and over kill -9", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rendezvous-audit-"));
    const settings = { FACES: "host-pool,coordinator", DATA_DIR: folder };
    try {
      await start(settings);
      expect(await statuses({})).toEqual(all(200));
      await server!.stop("SIGKILL");
      await start(settings);
      const { items } = await operatorClient(() => server!.url).list("audit");
      expect(items).toMatchObject([{ state: "done", fields: { action: "maintenance on", target: "host-pool:h1" } }]);
    } finally {
      await server?.stop();
      server = null;
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
