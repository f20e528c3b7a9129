// The client package in a page, as plain ES modules without a build.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { inState, PATIENCE_MS, startBrowser, type RunningBrowser } from "../support/browser.ts";
import { clientExamples, exampleFor, installClient, type ClientProject } from "../support/client-package.ts";
import { startCoturn, type RunningCoturn } from "../support/coturn.ts";
import { eventually } from "../support/eventually.ts";
import { startServer, type RunningServer } from "../support/server.ts";

const TIMEOUT_MS = 3 * PATIENCE_MS;
const SECRET = "north";
const TTL_SECONDS = 60;

let project: ClientProject;
let turn: RunningCoturn;
let server: RunningServer;
let browser: RunningBrowser;
let pages: Page[] = [];

beforeAll(async () => {
  [project, browser, turn] = await Promise.all([installClient(), startBrowser(), startCoturn({ secret: SECRET })]);
  server = await startServer({
    TURN_URLS: `${turn.url}?transport=udp`,
    TURN_SECRET: SECRET,
    TURN_TTL_SECONDS: String(TTL_SECONDS),
  });
}, TIMEOUT_MS);

afterEach(async () => {
  await Promise.all(pages.map((page) => page.context().close()));
  pages = [];
}, TIMEOUT_MS);

afterAll(async () => {
  await browser?.close();
  await Promise.all([server?.stop(), turn?.stop()]);
  project?.remove();
}, TIMEOUT_MS);

const transpiler = new Bun.Transpiler({ loader: "ts", target: "browser" });

/** What a page of one's own holds: nothing but its module, and where the package is. */
const page = `<!doctype html><title>client</title><link rel="icon" href="data:,">
<script type="importmap">{ "imports": { "rendezvous-client": "./dist/index.js" } }</script>
<body><script type="module" src="module.js"></script></body>`;

/** Runs a module to its end, in a page of its own that stands on the server's origin beside the package's files. */
async function run(code: string, prepare?: (page: Page) => Promise<void>): Promise<Page> {
  const opened = await browser.open("about:blank");
  pages.push(opened);
  const script = `${transpiler.transformSync(code)}\ndocument.body.dataset.state = "ran";`;
  await opened.route("**/of-my-own/**", (route) => {
    const [, path = ""] = route.request().url().split("/of-my-own/");
    if (path === "") return route.fulfill({ contentType: "text/html", body: page });
    if (path === "module.js") return route.fulfill({ contentType: "text/javascript", body: script });
    return route.fulfill({ path: join(project.folder, "node_modules/rendezvous-client", path) });
  });
  await prepare?.(opened);
  await opened.goto(`${server.url}/of-my-own/`);
  await inState(opened, "ran");
  return opened;
}

for (const example of clientExamples().filter(({ needsPage }) => needsPage)) {
  test(
    `the example ${example.name} gets an open connection`,
    async () => {
      const complaints = browser.complaints.length;
      await run(exampleFor(example, server.url));
      expect(browser.complaints.slice(complaints)).toEqual([]);
    },
    TIMEOUT_MS,
  );
}

test(
  "a relayed connection gets new TURN credentials and a new path before the old ones end, and goes on",
  async () => {
    const code = `
      import { connectPeer, Rooms } from "rendezvous-client";
      const rooms = new Rooms({ url: "${server.url}" });
      const seats = [rooms.join("relayed"), rooms.join("relayed")];
      const relay = { iceTransportPolicy: "relay" };
      const [one, other] = await Promise.all(seats.map((seat) => connectPeer(seat.meet(), relay)));
      other.channel.onmessage = ({ data }) => other.channel.send(data + " too");
      window.look = () => {
        const [turn] = one.connection.getConfiguration().iceServers.filter(({ username }) => username);
        const ufrag = /a=ice-ufrag:(.*)/.exec(one.connection.localDescription.sdp)[1];
        return { username: turn.username, ufrag, isStable: one.connection.signalingState === "stable" };
      };
      window.ask = (text) => new Promise((answered) => {
        one.channel.onmessage = ({ data }) => answered(data);
        one.channel.send(text);
      });`;
    const page = await run(code, (page) => page.clock.install());
    const look = () => page.evaluate("look()") as Promise<Record<"username" | "ufrag", string> & { isStable: boolean }>;
    const before = await look();
    expect(await page.evaluate(`ask("here")`)).toBe("here too");

    await page.clock.fastForward(TTL_SECONDS * 1000 - 10_000);
    const after = await eventually(
      "new credentials and a new path",
      async () => {
        const now = await look();
        return now.username !== before.username && now.ufrag !== before.ufrag && now.isStable ? now : null;
      },
      PATIENCE_MS,
    );
    expect(after.username).toMatch(/^\d+:/);
    expect(await page.evaluate(`ask("still here")`)).toBe("still here too");
  },
  TIMEOUT_MS,
);
