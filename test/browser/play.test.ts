import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import {
  countsBeyond,
  inState,
  PATIENCE_MS,
  startBrowser,
  videoMoves,
  type RunningBrowser,
} from "../support/browser.ts";
import { startCoturn, type RunningCoturn } from "../support/coturn.ts";
import { eventually } from "../support/eventually.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { openLine, type CuttableLine } from "./cuttable-line.ts";
import { keepPicture, wantsPictures } from "./picture.ts";

const TIMEOUT_MS = 3 * PATIENCE_MS;

let server: RunningServer;
let coturn: RunningCoturn;
let browser: RunningBrowser;
/** Players reach the signaling over this line. Hosts go to the server directly. */
let line: CuttableLine;
let pages: Page[] = [];

beforeAll(async () => {
  coturn = await startCoturn({ secret: "north" });
  line = await openLine(() => server.port);
  server = await startServer({
    TURN_URLS: `${coturn.url}?transport=udp`,
    TURN_SECRET: "north",
    SIGNALING_URL: `ws://127.0.0.1:${line.port}/signaling`,
  });
  browser = await startBrowser();
}, TIMEOUT_MS);

afterEach(async () => {
  await Promise.all(pages.map((page) => page.context().close()));
  pages = [];
  const nobody = async (): Promise<boolean> => (await hosts("idle")) + (await hosts("busy")) === 0;
  await eventually("no host is left in the pool", nobody, PATIENCE_MS);
}, TIMEOUT_MS);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await line?.close();
  await coturn?.stop();
}, TIMEOUT_MS);

async function open(path: string): Promise<Page> {
  const page = await browser.open(server.url + path);
  pages.push(page);
  return page;
}

async function openHost(query = ""): Promise<Page> {
  const host = await open(`/demo/play/host${query}`);
  await host.click("#open");
  await inState(host, "idle");
  return host;
}

async function openPlayer(query = ""): Promise<Page> {
  return open(`/demo/play${query}`);
}

async function play(player: Page): Promise<void> {
  await player.click("#play");
  await inState(player, "playing");
}

/** How many hosts the pool has in this state. */
async function hosts(state: string): Promise<number> {
  return metric(`rendezvous_hosts{state="${state}"}`);
}

/** How many peers came back to their seats. */
async function resumes(): Promise<number> {
  return metric('rendezvous_room_resumes_total{outcome="recovered"}');
}

async function metric(name: string): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  const line = metrics.split("\n").find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length));
}

async function find(): Promise<number> {
  return (await fetch(`${server.url}/api/match/find`, { method: "POST" })).status;
}

async function pathOf(page: Page): Promise<string> {
  await page.waitForFunction(() => document.querySelector('[data-stat="path"]')?.textContent?.includes("→"));
  return (await page.locator('[data-stat="path"]').textContent()) ?? "";
}

/** Moves the mouse to a place in the video, given from 0 to 1. */
async function pointAt(player: Page, x: number, y: number): Promise<void> {
  const box = (await player.locator("#screen").boundingBox())!;
  await player.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 5 });
}

async function pointerSeenBy(host: Page): Promise<readonly number[]> {
  return ((await host.locator("#pointer").textContent()) ?? "").split(" ").map(Number);
}

/** The video begins blurred; a few seconds later it is sharp. */
async function takePicture(player: Page, host: Page): Promise<void> {
  await countsBeyond(player, "frames", 200);
  await pointAt(player, 0.6, 0.3);
  await keepPicture("demo-play", player, host);
}

test(
  "a player finds the host, sees its desktop move, and moves its mouse",
  async () => {
    const host = await openHost();
    const player = await openPlayer();
    await play(player);
    await inState(host, "playing");

    await countsBeyond(player, "frames", 30);
    await videoMoves(player, "#screen");
    if (wantsPictures) await takePicture(player, host);

    await pointAt(player, 0.25, 0.75);
    await eventually("the pointer is where the mouse is", async () => {
      const [x = -1, y = -1] = await pointerSeenBy(host);
      return Math.abs(x - 0.25) < 0.02 && Math.abs(y - 0.75) < 0.02;
    });
    await player.mouse.down();
    await player.mouse.up();
    await eventually("the click has arrived", async () => (await host.locator("#clicks").textContent()) === "1");
    expect(browser.complaints).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  "a host is nobody else's while it plays, and found again after its player has left",
  async () => {
    const host = await openHost();
    const [player, second] = [await openPlayer(), await openPlayer()];
    await play(player);
    await eventually("the host is busy", async () => (await hosts("busy")) === 1);
    expect(await find()).toBe(404);
    await second.click("#play");
    await inState(second, "none");

    await player.click("#leave");
    await inState(player, "ready");
    await inState(host, "idle");
    await eventually("the host is free", async () => (await hosts("idle")) === 1);
    await play(second);
    await inState(host, "playing");
    await videoMoves(second, "#screen");
  },
  TIMEOUT_MS,
);

test(
  "a player is told when the host leaves, and the pool does not offer it any more",
  async () => {
    const host = await openHost();
    const player = await openPlayer();
    await play(player);
    await host.click("#leave");
    await inState(player, "left");
    await player.click("#play");
    await inState(player, "none");
  },
  TIMEOUT_MS,
);

test(
  "with relay only, everything goes through the TURN server",
  async () => {
    const host = await openHost("?relay=1");
    const player = await openPlayer("?relay=1");
    await play(player);
    expect(await pathOf(player)).toBe("relay → relay");
    expect(await pathOf(host)).toBe("relay → relay");
    await countsBeyond(player, "frames", 30);
    await videoMoves(player, "#screen");
  },
  TIMEOUT_MS,
);

test(
  "a broken signaling connection is resumed while the picture goes on",
  async () => {
    await openHost();
    const player = await openPlayer();
    await play(player);
    const before = await resumes();
    line.cut();
    await eventually("the player has its seat again", async () => (await resumes()) === before + 1, PATIENCE_MS);
    expect(await hosts("busy")).toBe(1);
    expect(await player.locator("body").getAttribute("data-state")).toBe("playing");
    await player.click("#leave");
    await eventually("the host is free", async () => (await hosts("idle")) === 1);
  },
  TIMEOUT_MS,
);

test(
  "an offer that is lost with the connection arrives over the next one",
  async () => {
    await openHost();
    const player = await openPlayer();
    const before = line.opened();
    line.cutBefore('"type":"offer"');
    await play(player);
    expect(line.opened()).toBe(before + 2);
    await videoMoves(player, "#screen");
  },
  TIMEOUT_MS,
);
