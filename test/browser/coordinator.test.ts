import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { PATIENCE_MS, startBrowser, type RunningBrowser } from "../support/browser.ts";
import { openSession } from "../support/coordinator.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { connectByRest, type RestPeerOptions } from "./rest-peer.ts";

const TIMEOUT_MS = 3 * PATIENCE_MS;

let server: RunningServer;
let browser: RunningBrowser;
let pages: Page[] = [];

beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
}, TIMEOUT_MS);

afterEach(async () => {
  await Promise.all(pages.map((page) => page.context().close()));
  pages = [];
}, TIMEOUT_MS);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
}, TIMEOUT_MS);

/** Any page of the server's will do: what a peer needs is its origin. */
async function run(options: RestPeerOptions) {
  const page = await browser.open(`${server.url}/demo`);
  pages.push(page);
  return page.evaluate(connectByRest, options);
}

test(
  "a host and two players connect through REST alone, and their data channels carry messages",
  async () => {
    const { id: session } = await openSession(server.url);
    const [host, one, two] = await Promise.all([
      run({ session, me: "host", call: [], expect: 2 }),
      run({ session, me: "player-1", call: ["host"], expect: 1 }),
      run({ session, me: "player-2", call: ["host"], expect: 1 }),
    ]);
    expect(host.heard).toEqual({
      "player-1": "hello host, this is player-1",
      "player-2": "hello host, this is player-2",
    });
    expect(one.heard).toEqual({ host: "hello player-1, this is host" });
    expect(two.heard).toEqual({ host: "hello player-2, this is host" });
  },
  TIMEOUT_MS,
);

test(
  "two peers whose offers cross connect all the same",
  async () => {
    const { id: session } = await openSession(server.url);
    const [a, b] = await Promise.all([
      run({ session, me: "peer-a", call: ["peer-b"], expect: 1 }),
      run({ session, me: "peer-b", call: ["peer-a"], expect: 1 }),
    ]);
    // Peer a comes first by its id, so it gives way; peer b may find a's offer taken back already.
    expect(a.crossings).toBe(1);
    expect(b.crossings).toBeLessThanOrEqual(1);
    expect(a.heard).toEqual({ "peer-b": "hello peer-a, this is peer-b" });
    expect(b.heard).toEqual({ "peer-a": "hello peer-b, this is peer-a" });
  },
  TIMEOUT_MS,
);
