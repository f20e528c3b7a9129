import { afterAll, beforeAll, expect, test } from "bun:test";
import { inState, PATIENCE_MS, startBrowser, type RunningBrowser } from "../support/browser.ts";
import { startServer } from "../support/server.ts";
import { violations } from "./axe.ts";

const TIMEOUT_MS = 2 * PATIENCE_MS;
const TOKEN = "only-for-who-runs-this";

let browser: RunningBrowser;

beforeAll(async () => {
  browser = await startBrowser();
}, TIMEOUT_MS);

afterAll(() => browser?.close(), TIMEOUT_MS);

test(
  "where there is an ADMIN_TOKEN the page asks for it, keeps it in its tab alone, and forgets it on sign-out",
  async () => {
    const server = await startServer({ ADMIN_TOKEN: TOKEN });
    try {
      const page = await browser.open(server.url);
      const sent: string[] = [];
      page.on("request", (request) => sent.push(request.url()));
      await inState(page, "welcome");
      expect(await violations(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await violations(page, ["color-contrast"])).toEqual([]);
      await page.fill("#token", "a-wrong-one-long-enough");
      await page.keyboard.press("Enter");
      await page.locator("#sign-in-refusal", { hasText: "This token does not open it" }).waitFor();
      expect(await violations(page)).toEqual([]);
      await page.fill("#token", TOKEN);
      await page.keyboard.press("Enter");
      await inState(page, "live");
      await page.reload();
      await inState(page, "live");
      const kept = await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length]);
      expect(kept).toEqual(["", 0, 1]);
      expect(sent.filter((url) => decodeURIComponent(url).includes(TOKEN))).toEqual([]);
      await page.click("#sign-out");
      await inState(page, "welcome");
      expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
      await page.context().close();
    } finally {
      await server.stop();
    }
  },
  TIMEOUT_MS,
);

test(
  "a token that is good no more leads back to the sign-in, which says why",
  async () => {
    const server = await startServer({ ADMIN_TOKEN: TOKEN });
    try {
      const page = await browser.open(server.url);
      await inState(page, "welcome");
      await page.evaluate(() => sessionStorage.setItem("rendezvous-admin-token", "one-of-last-year"));
      await page.reload();
      await page.locator("#sign-in-refusal", { hasText: "ADMIN_TOKEN" }).waitFor();
      await page.context().close();
    } finally {
      await server.stop();
    }
  },
  TIMEOUT_MS,
);

test(
  "where the dashboard is off the landing page says how to switch it on",
  async () => {
    const server = await startServer({ DASHBOARD: "off" });
    try {
      const page = await browser.open(server.url);
      await page.locator('#health[data-state="connected"]').waitFor();
      await page.locator("main", { hasText: "DASHBOARD=on" }).waitFor();
      expect(await page.locator("#sign-in").count()).toBe(0);
      expect(await violations(page)).toEqual([]);
      await page.context().close();
    } finally {
      await server.stop();
    }
  },
  TIMEOUT_MS,
);
