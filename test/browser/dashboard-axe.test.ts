import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { inState, PATIENCE_MS, startBrowser, type RunningBrowser } from "../support/browser.ts";
import { post } from "../support/http.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { keepShot, wantsPictures } from "./picture.ts";
import { violations } from "./axe.ts";
import { beat, populate, SETTINGS, type World } from "./dashboard-world.ts";

const TIMEOUT_MS = 3 * PATIENCE_MS;

/** Errors are not made on purpose. */
const KINDS = ["nodes", "hosts", "devices", "tickets", "matches", "sessions", "streams", "rooms", "refusals", "audit"];

let server: RunningServer;
let browser: RunningBrowser;
let world: World;
let page: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(SETTINGS), startBrowser()]);
  world = await populate(server);
  page = await browser.open(server.url);
  await inState(page, "live");
}, TIMEOUT_MS);

afterAll(async () => {
  world?.close();
  await browser?.close();
  await server?.stop();
}, TIMEOUT_MS);

/** Looks at what is shown in light, in dark and on a phone, which nothing of it may stick out of. */
async function look(what: string): Promise<void> {
  await page.setViewportSize({ width: 1100, height: 800 });
  await page.emulateMedia({ colorScheme: "light" });
  expect({ what, light: await violations(page) }).toEqual({ what, light: [] });
  await page.emulateMedia({ colorScheme: "dark" });
  expect({ what, dark: await violations(page, ["color-contrast"]) }).toEqual({ what, dark: [] });
  await page.setViewportSize({ width: 375, height: 700 });
  expect({ what, phone: await violations(page) }).toEqual({ what, phone: [] });
  const overhang = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect({ what, overhang }).toEqual({ what, overhang: 0 });
}

/** Of a server with a world on it, if one is named: DASHBOARD_URL=http://127.0.0.1:8080 */
async function keepPictures(): Promise<void> {
  if (!wantsPictures) return;
  const url = process.env["DASHBOARD_URL"] ?? server.url;
  for (const [name, width, height, dark] of [
    ["dashboard", 1280, 1240, false],
    ["dashboard-dark", 1280, 1240, true],
    ["dashboard-phone", 375, 1100, false],
  ] as const) {
    const shown = await browser.open(url, { width, dark });
    await inState(shown, "live");
    await shown.locator(".plot canvas").first().waitFor();
    await keepShot(name, shown, height);
    await shown.context().close();
  }
}

const go = (hash: string) => page.evaluate((to) => void (location.hash = to), hash);

test(
  "the overview has no violation, nor has one with nothing on it",
  async () => {
    await page.locator(".panel tbody tr").first().waitFor();
    await page.locator(".plot canvas").first().waitFor();
    await look("overview");
    await page.locator(".chart summary").first().click();
    await page.locator(".chart tbody tr").first().waitFor();
    await look("overview with a chart as a table");
    await page.locator(".chart summary").first().click();
    await keepPictures();
    const empty = await startServer();
    try {
      await page.goto(empty.url);
      await page.locator(".first-steps", { hasText: "Nobody is here yet" }).waitFor();
      await look("empty overview");
      await go("#/hosts");
      await page.locator(".message-line", { hasText: "No hosts yet" }).waitFor();
      await look("empty list");
    } finally {
      await page.goto(server.url);
      await empty.stop();
    }
  },
  TIMEOUT_MS,
);

test(
  "no list, no object and no dialog has a violation",
  async () => {
    // For the audit log to have an entry.
    await go(`#/sessions/${world.session}`);
    await page.locator('[data-action="end"]').click();
    await page.locator("dialog[open]").waitFor();
    await look("dialog");
    await page.locator("dialog .danger").click();
    await page.locator("dialog").waitFor({ state: "detached" });
    // For something to have been refused.
    await post(`${server.url}/api/match/find`, { region: "nowhere" });
    for (const kind of KINDS) {
      await go(`#/${kind}`);
      await page.locator("tbody tr a").first().waitFor();
      await look(kind);
      await page.locator("tbody tr a").first().click();
      await page.locator(".facts dd").first().waitFor();
      await look(`one of ${kind}`);
    }
    await beat(server, "a-room", "eu-west");
    await go("#/search?q=a-room");
    await page.locator("tbody tr").nth(1).waitFor();
    await look("search");
    expect(browser.complaints).toEqual([]);
  },
  TIMEOUT_MS,
);
