import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { inState, PATIENCE_MS, startBrowser, type RunningBrowser } from "../support/browser.ts";
import { openSession } from "../support/coordinator.ts";
import { freePort } from "../support/free-port.ts";
import { post } from "../support/http.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { openLine } from "./cuttable-line.ts";
import { beat, populate, SETTINGS, type World } from "./dashboard-world.ts";

const TIMEOUT_MS = 2 * PATIENCE_MS;

let server: RunningServer;
let browser: RunningBrowser;
let world: World;
let pages: Page[] = [];

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(SETTINGS), startBrowser()]);
  world = await populate(server);
}, TIMEOUT_MS);

afterEach(async () => {
  await Promise.all(pages.map((page) => page.context().close()));
  pages = [];
}, TIMEOUT_MS);

afterAll(async () => {
  world?.close();
  await browser?.close();
  await server?.stop();
}, TIMEOUT_MS);

async function open(hash = "", url = server.url): Promise<Page> {
  const page = await browser.open(`${url}/${hash}`);
  pages.push(page);
  return page;
}

const tile = (page: Page, title: string) => page.locator(`[data-tile="${title}"] .value`);
const heading = (page: Page, text: string | RegExp) => page.locator("h1", { hasText: text }).waitFor();
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? "");

/** Presses Tab until what has the focus says this. */
async function tabTo(page: Page, text: string): Promise<void> {
  for (let step = 0; step < 60; step++) {
    if ((await focused(page)).includes(text)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not lead to ${text}`);
}

test(
  "a number changes when a host beats, and the focus stays where it was",
  async () => {
    const page = await open();
    await inState(page, "live");
    const link = page.locator('[data-tile="Hosts"] > a');
    await tile(page, "Hosts").filter({ hasText: /^\d+$/ }).waitFor();
    await link.focus();
    const before = Number(await tile(page, "Hosts").textContent());
    await beat(server, "newcomer", "eu-west");
    await tile(page, "Hosts")
      .filter({ hasText: new RegExp(`^${before + 1}$`) })
      .waitFor();
    expect(await focused(page)).toStartWith("Hosts");
  },
  TIMEOUT_MS,
);

test(
  "a number opens a list of as many",
  async () => {
    const ended = await openSession(server.url);
    await ended.end();
    const page = await open();
    const counts = { "Devices online": 1, Waiting: 2, Matches: 1, Sessions: 1, "Live streams": 1, "Video chat": 1 };
    for (const [title, count] of Object.entries(counts)) {
      await tile(page, title)
        .filter({ hasText: new RegExp(`^${count}$`) })
        .click();
      await page.locator(".message-line", { hasText: `${count} in all.` }).waitFor();
      await page.goBack();
    }
    await page.locator('[data-tile="Sessions"] a', { hasText: "1 over" }).click();
    await page.locator("tbody a", { hasText: ended.id }).waitFor();
    await page.goBack();
    await page.locator(".panel a", { hasText: "video-chat:male" }).click();
    await page.locator(".message-line", { hasText: "1 in all." }).waitFor();
    await page.goBack();
    await page.locator(".panel a", { hasText: "video-chat:female" }).click();
    await page.locator(".message-line", { hasText: "No ticket is like that" }).waitFor();
  },
  TIMEOUT_MS,
);

test(
  "a number opens its list, a row its object with its history, and back leads back",
  async () => {
    const page = await open();
    await page.locator('[data-tile="Hosts"] .notes a', { hasText: "idle" }).click();
    await heading(page, /^Hosts$/);
    expect(await page.locator("select[name=state] option:checked").textContent()).toBe("idle");
    await page.locator("tbody tr").nth(49).waitFor();
    expect(await page.locator("tbody tr").count()).toBe(50);
    const first = await page.locator("tbody a").first().textContent();
    await page.locator("a", { hasText: "Next page" }).click();
    await page.locator("a", { hasText: "First page" }).waitFor();
    await page.locator("tbody tr").first().waitFor();
    expect(await page.locator("tbody a").first().textContent()).not.toBe(first);
    await page.goBack();
    await page.locator("tbody a", { hasText: first! }).first().click();
    await heading(page, first!);
    await page.locator(".facts dd", { hasText: `host-pool:${first}` }).waitFor();
    await page.locator("h2", { hasText: /^History$/ }).waitFor();
    expect(await page.locator("tbody tr").count()).toBeGreaterThan(0);
    await page.reload();
    await heading(page, first!);
    await page.goBack();
    await heading(page, /^Hosts$/);
    await page.goBack();
    await heading(page, /^Overview$/);
  },
  TIMEOUT_MS,
);

test(
  "a host is put in maintenance by keyboard alone: Escape calls it off, then it is done, takes effect and is in the audit log",
  async () => {
    await beat(server, "the-one", "maintained");
    const page = await open();
    await inState(page, "live");
    await page.keyboard.press("/");
    await page.keyboard.type("the-one");
    await page.keyboard.press("Enter");
    await heading(page, "the-one");
    await page.locator('[data-action="maintenance"]').waitFor();
    await tabTo(page, "Put in maintenance");
    await page.keyboard.press("Enter");
    await page.locator("dialog[open]", { hasText: "the-one" }).waitFor();
    expect(await focused(page)).toBe("Cancel");
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    expect(await focused(page)).toContain("Put in maintenance");

    await page.keyboard.press("Enter");
    await page.locator("dialog[open]").waitFor();
    await tabTo(page, "Put in maintenance");
    await page.keyboard.press("Enter");
    await page.locator('[data-action="maintenance"]', { hasText: "out of" }).waitFor();
    expect(await page.locator(".message-line").first().textContent()).toContain("the-one");
    const find = await post(`${server.url}/api/match/find`, { region: "maintained" });
    expect([find.status, find.body.found]).toEqual([404, false]);

    await page.locator("#kinds a", { hasText: "Audit log" }).click();
    await page.locator("tbody tr", { hasText: "the-one" }).first().waitFor();
  },
  TIMEOUT_MS,
);

test(
  "a ticket that waits says why",
  async () => {
    const page = await open("#/tickets");
    await page.locator("tbody a", { hasText: world.fighter }).first().click();
    await page.locator(".waiting li").first().waitFor();
    await page.locator(".waiting p", { hasText: "Waiting for" }).waitFor();
  },
  TIMEOUT_MS,
);

test(
  "an object is kept up to date in place: what has the focus keeps it",
  async () => {
    const page = await open(`#/sessions/${world.session}`);
    const since = page.locator(".facts div", { has: page.locator("dt", { hasText: /^Since$/ }) }).locator("dd");
    await since.waitFor();
    const before = await since.textContent();
    await page.locator(".facts a").first().focus();
    await page.evaluate(() => ((document.activeElement as HTMLElement).dataset["mark"] = "same"));
    await page.waitForFunction((old) => !document.body.textContent.includes(old), before!);
    expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset["mark"])).toBe("same");
  },
  TIMEOUT_MS,
);

test(
  "rows do not move under the pointer: that the list has changed is said, and shown when asked for",
  async () => {
    await beat(server, "settler", "frontier");
    const page = await open("#/hosts?region=frontier");
    const rows = page.locator("tbody tr");
    await rows.first().hover();
    await beat(server, "arrival", "frontier");
    const button = page.locator("button", { hasText: "The list has changed" });
    await button.waitFor();
    expect(await rows.count()).toBe(1);
    await button.click();
    await rows.nth(1).waitFor();
    expect(await focused(page)).toBe("Hosts");
    await page.mouse.move(0, 0);
    await beat(server, "another", "frontier");
    await rows.nth(2).waitFor();
  },
  TIMEOUT_MS,
);

test(
  "arrow keys walk a list, and what is not there is said",
  async () => {
    const page = await open("#/nodes/none");
    await page.locator(".message-line", { hasText: "There is no such node" }).waitFor();
    await page.goto(`${server.url}/#/hosts`);
    await page.locator("tbody a").nth(2).waitFor();
    await page.locator("tbody tr td:first-child a").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const third = await page.locator("tbody tr td:first-child a").nth(2).textContent();
    expect(await focused(page)).toBe(third!);
    await page.keyboard.press("ArrowUp");
    expect(await focused(page)).not.toBe(third!);
    await page.keyboard.press("/");
    await page.keyboard.type("nothing is called so");
    await page.keyboard.press("Enter");
    await page.locator(".message-line", { hasText: "Nothing is called so" }).waitFor();
  },
  TIMEOUT_MS,
);

test(
  "a lost connection is said, with the age of the figures, and comes back by itself",
  async () => {
    const [dead, port] = [await freePort(), server.port];
    let isUp = true;
    const line = await openLine(() => (isUp ? port : dead));
    try {
      const page = await open("", `http://127.0.0.1:${line.port}`);
      await inState(page, "live");
      isUp = false;
      line.cut();
      await inState(page, "lost");
      await page.locator("#age", { hasText: "old; trying again" }).waitFor();
      await page.locator("#retry").waitFor();
      expect(await page.locator("#spoken").textContent()).toContain("The connection is lost");
      isUp = true;
      await inState(page, "live");
      await page.locator("#spoken", { hasText: "Connected again" }).waitFor({ state: "attached" });
      expect(await page.locator("#retry").isHidden()).toBe(true);
    } finally {
      await line.close();
    }
  },
  TIMEOUT_MS,
);
