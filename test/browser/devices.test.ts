import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { inState, PATIENCE_MS, startBrowser, type RunningBrowser } from "../support/browser.ts";
import { startPostgres, type RunningPostgres } from "../support/postgres.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { keepPicture } from "./picture.ts";

const TIMEOUT_MS = 3 * PATIENCE_MS;

let redis: RunningRedis;
let postgres: RunningPostgres;
let nodes: readonly RunningServer[];
let browser: RunningBrowser;
let pages: Page[] = [];

beforeAll(async () => {
  [redis, postgres, browser] = await Promise.all([startRedis(), startPostgres(), startBrowser()]);
  const stores = { REDIS_URL: redis.url, DATABASE_URL: await postgres.createDatabase() };
  nodes = await Promise.all([startServer(stores), startServer(stores)]);
}, TIMEOUT_MS);

afterEach(async () => {
  await Promise.all(pages.map((page) => page.context().close()));
  pages = [];
}, TIMEOUT_MS);

afterAll(async () => {
  await browser?.close();
  await Promise.all((nodes ?? []).map((node) => node.stop()));
  await Promise.all([redis?.stop(), postgres?.stop()]);
}, TIMEOUT_MS);

let people = 0;

/** An address that nobody has had before. */
function address(name: string): string {
  return `${name}-${++people}@example.com`;
}

async function open(node: number): Promise<Page> {
  const page = await browser.open(`${nodes[node]!.url}/demo/devices`);
  pages.push(page);
  return page;
}

/** Creates an account, or signs in to one. */
async function enter(node: number, email: string, device: string, how: "sign up" | "sign in"): Promise<Page> {
  const page = await open(node);
  await page.fill("#email", email);
  await page.fill("#password", `the password of ${email}`);
  await page.fill("#device-name", device);
  await page.click(how === "sign up" ? "#sign-up" : "#sign-in button.main");
  await inState(page, "online");
  return page;
}

const row = (page: Page, list: string, text: string) => page.locator(`${list} li`, { hasText: text });

/** Two people on two nodes who are contacts of each other. */
async function friends() {
  const [ann, bob] = [address("ann"), address("bob")];
  const [annsPage, bobsPage] = [
    await enter(0, ann, "Ann's laptop", "sign up"),
    await enter(1, bob, "Bob's phone", "sign up"),
  ];
  await annsPage.fill("#contact", bob);
  await annsPage.press("#contact", "Enter");
  await row(annsPage, "#contacts", bob).waitFor();
  await row(bobsPage, "#contacts", ann).locator("button", { hasText: "Accept" }).click();
  await row(annsPage, "#online", "Bob's phone").waitFor();
  await row(bobsPage, "#online", "Ann's laptop").waitFor();
  return { ann, bob, annsPage, bobsPage };
}

function fingerprint(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

test(
  "two people on two nodes become contacts, see each other's devices, and send a file from one to the other",
  async () => {
    const complaints = browser.complaints.length;
    const { ann, annsPage, bobsPage } = await friends();
    await row(annsPage, "#online", "Bob's phone").locator("button").click();
    await bobsPage.locator("#question", { hasText: ann }).waitFor();
    await bobsPage.click("#accept");
    await Promise.all([inState(annsPage, "connected"), inState(bobsPage, "connected")]);

    const content = randomBytes(3_000_000);
    await annsPage.setInputFiles("#file", { name: "holiday.bin", mimeType: "application/x-test", buffer: content });
    const link = bobsPage.locator("#transfers a", { hasText: "holiday.bin" });
    await link.waitFor();
    await row(annsPage, "#transfers", "Sent holiday.bin").waitFor();
    const [download] = await Promise.all([bobsPage.waitForEvent("download"), link.click()]);
    expect(download.suggestedFilename()).toBe("holiday.bin");
    expect(fingerprint(await readFile(await download.path()))).toBe(fingerprint(content));

    await bobsPage.setInputFiles("#file", { name: "empty.txt", mimeType: "text/plain", buffer: Buffer.alloc(0) });
    await annsPage.locator("#transfers a", { hasText: "empty.txt" }).waitFor();
    await annsPage.locator('[data-stat="path"]', { hasText: "→" }).waitFor();
    await keepPicture("demo-devices", annsPage, bobsPage);

    await annsPage.click("#hang-up");
    await bobsPage.locator("#status", { hasText: "has left" }).waitFor();
    expect(browser.complaints.slice(complaints)).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  "a declined wish is told to whoever asked, and both can ask again",
  async () => {
    const { bob, annsPage, bobsPage } = await friends();
    await row(annsPage, "#online", "Bob's phone").locator("button").click();
    await inState(bobsPage, "asked");
    await bobsPage.click("#decline");
    await annsPage.locator("#status", { hasText: "declined" }).waitFor();
    await row(bobsPage, "#online", "Ann's laptop").locator("button").click();
    await annsPage.click("#accept");
    await Promise.all([inState(annsPage, "connected"), inState(bobsPage, "connected")]);
    expect(await annsPage.locator("#peer").textContent()).toContain(bob);
  },
  TIMEOUT_MS,
);

test(
  "devices come and go on the other's page without anybody asking",
  async () => {
    const { bob, annsPage, bobsPage } = await friends();
    const second = await enter(0, bob, "Bob's tablet", "sign in");
    await row(annsPage, "#online", "Bob's tablet").waitFor();
    await second.click("#sign-out");
    await row(annsPage, "#online", "Bob's tablet").waitFor({ state: "detached" });
    // A page that is closed leaves as well.
    await bobsPage.context().close();
    await row(annsPage, "#online", "Bob's phone").waitFor({ state: "detached" });
    await annsPage.locator("#nobody").waitFor();
  },
  TIMEOUT_MS,
);

test(
  "a wrong password is refused in words, and nothing else happens",
  async () => {
    const ann = address("ann");
    await enter(0, ann, "Ann's laptop", "sign up");
    const page = await open(1);
    await page.fill("#email", ann);
    await page.fill("#password", "not the password");
    await page.click("#sign-in button.main");
    await page.locator("#refusal", { hasText: "Wrong email or password" }).waitFor();
    await inState(page, "signed-out");
  },
  TIMEOUT_MS,
);
