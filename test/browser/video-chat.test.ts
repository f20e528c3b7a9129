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
import { eventually } from "../support/eventually.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { keepPicture } from "./picture.ts";

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
  await eventually("nobody is left", async () => (await health())["activeUsers"] === 0, PATIENCE_MS);
}, TIMEOUT_MS);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
}, TIMEOUT_MS);

async function health(): Promise<Record<string, unknown>> {
  return (await (await fetch(`${server.url}/health`)).json()) as Record<string, unknown>;
}

interface Person {
  readonly name: string;
  readonly age?: number;
  readonly gender: "male" | "female";
}

/** Opens the page and fills the form in; with a drawn picture unless `camera`. */
async function enter(person: Person, { camera = false, by = browser } = {}): Promise<Page> {
  const page = await by.open(`${server.url}/demo/video-chat${camera ? "" : "?synthetic=1"}`);
  pages.push(page);
  await page.fill("#name", person.name);
  await page.fill("#age", String(person.age ?? 30));
  await page.selectOption("#gender", person.gender);
  await page.click("#introduce button");
  return page;
}

async function waits(page: Page): Promise<void> {
  await inState(page, "waiting");
}

async function meets(page: Page, name: string): Promise<void> {
  await page.locator("#status", { hasText: `Connected to ${name}.` }).waitFor();
}

async function reads(page: Page, line: string): Promise<void> {
  await page.locator("#log li", { hasText: line }).waitFor();
}

async function say(page: Page, text: string): Promise<void> {
  await page.fill("#text", text);
  await page.press("#text", "Enter");
}

const ann: Person = { name: "Ann", age: 31, gender: "female" };
const bob: Person = { name: "Bob", age: 28, gender: "male" };
const carl: Person = { name: "Carl", gender: "male" };

test(
  "two people meet, see and hear each other, and chat",
  async () => {
    const annsPage = await enter(ann);
    await waits(annsPage);
    // One of them with a camera, the other one drawn.
    const bobsPage = await enter(bob, { camera: true });
    await Promise.all([meets(annsPage, "Bob"), meets(bobsPage, "Ann")]);
    await reads(bobsPage, "You meet Ann, 31.");

    for (const page of [annsPage, bobsPage]) {
      await countsBeyond(page, "frames", 30);
      await countsBeyond(page, "audio-packets", 30);
      await videoMoves(page, "#partner");
    }
    await say(annsPage, "Hello <b>Bob</b>");
    await reads(bobsPage, "Ann: Hello <b>Bob</b>");
    await say(bobsPage, "Hello Ann");
    await reads(annsPage, "Bob: Hello Ann");
    expect(browser.complaints).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  "Stop finds somebody else, and the one left behind is told and waits again",
  async () => {
    const [annsPage, bobsPage] = [await enter(ann), await enter(bob)];
    await Promise.all([meets(annsPage, "Bob"), meets(bobsPage, "Ann")]);
    await say(annsPage, "Hi, where are you from?");
    await reads(bobsPage, "Ann: Hi, where are you from?");
    await say(bobsPage, "The next tab. And you?");
    await reads(annsPage, "Bob: The next tab. And you?");
    await videoMoves(annsPage, "#partner");
    await keepPicture("demo-video-chat", annsPage, bobsPage);

    const carlsPage = await enter(carl);
    await waits(carlsPage);
    await annsPage.click("#stop");
    await Promise.all([meets(annsPage, "Carl"), meets(carlsPage, "Ann")]);
    await videoMoves(annsPage, "#partner");
    await videoMoves(carlsPage, "#partner");
    await reads(bobsPage, "Ann has left.");
    await waits(bobsPage);
    // What Ann said to Bob is not Carl's.
    expect(await carlsPage.locator("#log").textContent()).not.toContain("Hi,");
  },
  TIMEOUT_MS,
);

test(
  "a partner who closes the page is reported, and the other one waits again",
  async () => {
    const [annsPage, bobsPage] = [await enter(ann), await enter(bob)];
    await Promise.all([meets(annsPage, "Bob"), meets(bobsPage, "Ann")]);
    await bobsPage.close();
    await reads(annsPage, "Bob has left.");
    await waits(annsPage);
  },
  TIMEOUT_MS,
);

test(
  "those of one gender queue up and see their places",
  async () => {
    const first = await enter(bob);
    await first.locator("#status", { hasText: "you are the next" }).waitFor();
    const second = await enter(carl);
    await second.locator("#status", { hasText: "you are number 2" }).waitFor();
    await first.click("#leave");
    await inState(first, "form");
    expect(await first.locator("#introduce").isVisible()).toBe(true);
  },
  TIMEOUT_MS,
);

test(
  "without a camera, a drawn picture takes its place",
  async () => {
    const bare = await startBrowser({ camera: false });
    try {
      const annsPage = await enter(ann, { camera: true, by: bare });
      const bobsPage = await enter(bob);
      await Promise.all([meets(annsPage, "Bob"), meets(bobsPage, "Ann")]);
      await videoMoves(bobsPage, "#partner");
      await videoMoves(annsPage, "#own");
    } finally {
      await bare.close();
    }
  },
  TIMEOUT_MS,
);
