import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { inState, PATIENCE_MS, startBrowser, type RunningBrowser } from "../support/browser.ts";
import { startServer, type RunningServer } from "../support/server.ts";

const TIMEOUT_MS = 2 * PATIENCE_MS;

let server: RunningServer;
/** One without a dashboard, so that its start page is the landing page. */
let plain: RunningServer;
let browser: RunningBrowser;

beforeAll(async () => {
  [server, plain, browser] = await Promise.all([startServer(), startServer({ DASHBOARD: "off" }), startBrowser()]);
}, TIMEOUT_MS);

afterAll(async () => {
  await browser?.close();
  await Promise.all([server?.stop(), plain?.stop()]);
}, TIMEOUT_MS);

const demos = ["/demo/play", "/demo/play/host", "/demo/video-chat", "/demo/devices"];
const paths = ["/", "/demo", ...demos, "/watch", "/docs", "/docs/api", "/docs/sockets"];

/** The addresses of the documents, as the list of documents links them. */
async function documents(): Promise<readonly string[]> {
  const html = await (await fetch(`${server.url}/docs`)).text();
  return [...html.matchAll(/href="(\/docs\/[^"]+)"/g)].map(([, path]) => path!);
}

/** How many pixels of the page are beyond the right edge of the window. */
function overhang(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

test(
  "the landing page says that the server is well, what is on, and how much goes on",
  async () => {
    const page = await browser.open(plain.url);
    await page.locator('#health[data-state="connected"]').waitFor();
    expect(await page.locator(".faces .on").count()).toBe(await page.locator(".faces li").count());
    const free = page.locator('[data-figure="hostsFree"]');
    await free.filter({ hasText: /^0$/ }).waitFor();
    await fetch(`${plain.url}/api/host/heartbeat`, {
      method: "POST",
      body: JSON.stringify({ hostId: "h", roomId: "r" }),
    });
    await free.filter({ hasText: /^1$/ }).waitFor();
    await page.context().close();
  },
  TIMEOUT_MS,
);

test(
  "every page is without errors and policy violations, has one heading, and fits 360 pixels",
  async () => {
    const page = await browser.open(server.url, { width: 360 });
    for (const path of [...paths, ...(await documents())]) {
      await page.goto(server.url + path);
      expect({ path, headings: await page.locator("h1").count() }).toEqual({ path, headings: 1 });
      expect({ path, overhang: await overhang(page) }).toEqual({ path, overhang: 0 });
      expect(await page.title()).not.toBe("");
    }
    await page.context().close();
    expect(browser.complaints).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  "every document is listed and rendered, and its links and pictures lead somewhere",
  async () => {
    const listed = await documents();
    expect(listed.length).toBeGreaterThan(0);
    const page = await browser.open(server.url);
    /** What each leads to; many pages lead to the same. */
    const statuses = new Map<string, number>();
    for (const path of listed) {
      await page.goto(server.url + path);
      expect(await page.locator("article.document").count()).toBe(1);
      const targets = await page
        .locator("article a[href^='/'], article img[src]")
        .evaluateAll((all) => all.map((one) => one.getAttribute("href") ?? one.getAttribute("src") ?? ""));
      for (const target of new Set(targets)) {
        const address = new URL(target, server.url);
        address.hash = "";
        const status = statuses.get(address.href) ?? (await fetch(address)).status;
        statuses.set(address.href, status);
        expect({ path, target, status }).toEqual({ path, target, status: 200 });
      }
    }
    await page.context().close();
  },
  TIMEOUT_MS,
);

test(
  "the demos can be reached from the landing page by keyboard alone",
  async () => {
    const page = await browser.open(plain.url);
    await page.locator('#health[data-state="connected"]').waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the content");
    for (let step = 0; step < 20; step++) {
      await page.keyboard.press("Tab");
      if ((await page.evaluate(() => document.activeElement?.getAttribute("href"))) === "/demo/play") break;
    }
    await page.keyboard.press("Enter");
    await inState(page, "ready");
    expect(new URL(page.url()).pathname).toBe("/demo/play");
    await page.context().close();
  },
  TIMEOUT_MS,
);

test("pages let no foreign script in, have none of their own in their text, and cannot be framed", async () => {
  for (const path of [...paths, "/watch/a-match", "/docs/none"]) {
    const answer = await fetch(server.url + path);
    const { headers } = answer;
    expect(await answer.text()).not.toMatch(/<script(?![^>]* src=)|<style|<[^>]+ (?:style|on\w+)\s*=|javascript:/i);
    const policy = headers.get("content-security-policy") ?? "";
    for (const nothing of ["default-src", "base-uri", "form-action"]) expect(policy).toContain(`${nothing} 'none'`);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("style-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    // The name of the loopback belongs to every program there.
    expect(headers.get("strict-transport-security")).toBeNull();
    const devices = path === "/demo/video-chat" ? "(self)" : "()";
    expect(headers.get("permissions-policy")).toContain(`camera=${devices}, microphone=${devices}`);
  }
});

test("what a browser has already is not sent again", async () => {
  for (const path of ["/", "/assets/style.css", "/assets/dashboard.css", "/assets/dashboard.js"]) {
    const first = await fetch(server.url + path);
    const tag = first.headers.get("etag") ?? "";
    expect((await first.text()).length).toBeGreaterThan(100);
    const again = await fetch(server.url + path, { headers: { "if-none-match": tag } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  }
});

test("an unknown page is a page that says so", async () => {
  for (const path of [
    "/demo/none",
    "/docs/none",
    "/docs/..%2Fpackage.json",
    "/docs/decisions/none",
    "/assets/none.js",
  ]) {
    const answer = await fetch(server.url + path);
    expect([path, answer.status]).toEqual([path, 404]);
    expect(await answer.text()).toContain("There is no such page");
  }
  const hostile = await fetch(`${server.url}/docs/<script>alert(1)</script>`);
  expect(await hostile.text()).not.toContain("<script>alert");
});

test(
  "a demo whose face is off says so",
  async () => {
    const small = await startServer({ FACES: "rooms,video-chat" });
    try {
      expect(await (await fetch(`${small.url}/demo/play`)).text()).toContain("needs the face host-pool");
      expect(await (await fetch(`${small.url}/demo/video-chat`)).text()).toContain('id="introduce"');
      expect(await (await fetch(small.url)).text()).toContain('<span class="badge off">off</span> <strong>host-pool');
    } finally {
      await small.stop();
    }
  },
  TIMEOUT_MS,
);
