import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import type { Page } from "playwright-core";
import { inState, PATIENCE_MS, startBrowser, videoMoves, type RunningBrowser } from "../support/browser.ts";
import { freePort } from "../support/free-port.ts";
import { call } from "../support/http.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { simulate, type RunningSimulation } from "../support/simulation.ts";
import { openLine } from "./cuttable-line.ts";
import { keepPicture } from "./picture.ts";

const TIMEOUT_MS = 3 * PATIENCE_MS;

let server: RunningServer;
let browser: RunningBrowser;
let pages: Page[] = [];
/** A match that goes on for minutes. */
let long: RunningSimulation;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), startBrowser()]);
}, TIMEOUT_MS);

afterEach(async () => {
  await Promise.all(pages.map((page) => page.context().close()));
  pages = [];
}, TIMEOUT_MS);

afterAll(async () => {
  long?.interrupt();
  await long?.ended;
  await browser?.close();
  await server?.stop();
}, TIMEOUT_MS);

async function open(
  path: string,
  options: { readonly width?: number; readonly dark?: boolean; readonly on?: string } = {},
) {
  const page = await browser.open((options.on ?? server.url) + path, options);
  pages.push(page);
  return page;
}

function longMatch(): Promise<string> {
  long ??= simulate(server.url, "--best-of", "9", "--seed", "marathon");
  return long.matchId;
}

const stocks = (page: Page, player: number, count: number) =>
  page.locator(`#player-${player} .stocks[data-count="${count}"]`).waitFor({ state: "attached" });

/** The milliseconds between one picture and the next, for so many pictures; sorted. */
async function frameTimes(page: Page, count: number): Promise<readonly number[]> {
  const times = await page.evaluate(
    (wanted) =>
      new Promise<number[]>((done) => {
        const times: number[] = [];
        let last: number | null = null;
        const frame = (now: number): void => {
          if (last !== null) times.push(now - last);
          last = now;
          if (times.length < wanted) requestAnimationFrame(frame);
          else done(times);
        };
        requestAnimationFrame(frame);
      }),
    count,
  );
  return times.toSorted((a, b) => a - b);
}

test(
  "two agents play, a viewer sees it from the list to the end and again as a replay, and it is signed and rated",
  async () => {
    const complaints = browser.complaints.length;
    const list = await open("/watch");
    await list.locator("#empty", { hasText: "simulate arena" }).waitFor();
    const simulation = simulate(server.url, "--best-of", "1", "--stocks", "1", "--seed", "quick 17");
    const id = await simulation.matchId;
    const card = list.locator("#matches a", { hasText: "ADA" });
    await card.waitFor();
    // The match must not be over before a slow machine has opened the page.
    simulation.hold();
    await list.locator("#empty").waitFor({ state: "hidden" });
    await card.click();
    await list.locator("#viewers", { hasText: "1 viewer" }).waitFor();
    simulation.goOn();

    await inState(list, "playing");
    expect(new URL(list.url()).pathname).toBe(`/watch/${id}`);
    await list.locator("#player-1 .name", { hasText: /^ADA$/ }).waitFor();
    await list.locator("#player-2 .name", { hasText: /^BORIS$/ }).waitFor();
    await stocks(list, 1, 1);
    await videoMoves(list, "#canvas");
    await stocks(list, 2, 0);
    await inState(list, "over");
    await list.locator("#message", { hasText: "ADA wins" }).waitFor();
    expect(await list.locator("#spoken").textContent()).toContain("1 : 0");

    const { code, stdout } = await simulation.ended;
    // How many frames a busy machine leaves out is no matter of this test: for a viewer the newest count.
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({
      code: 0,
      matches: [{ match_id: id, winner_port: 1, final_score: [1, 0], signed: true, wager_status: "accepted" }],
      problems: [],
    });
    const match = (await call("GET", `${server.url}/matches/${id}`)).body;
    expect(match).toMatchObject({ status: "completed", p1_result: "won", p2_result: "lost", winner_score: 1 });
    expect((await call("GET", `${server.url}/matches/${id}/signatures`)).body.ready_for_submission).toBe(true);
    const { agents } = (await call("GET", `${server.url}/leaderboard`)).body;
    expect(agents.map(({ elo }: { readonly elo: number }) => elo)).toEqual([1516, 1484]);

    await list.click("#again");
    await seekInReplay(list);
    expect(browser.complaints.slice(complaints)).toEqual([]);
  },
  TIMEOUT_MS,
);

/** The replay plays, stands still, and is moved by keyboard alone. */
async function seekInReplay(page: Page): Promise<void> {
  await inState(page, "replay");
  await videoMoves(page, "#canvas");
  await page.locator("#play", { hasText: "Pause" }).focus();
  await page.keyboard.press("Enter");
  await page.locator("#play", { hasText: "Play" }).waitFor();
  await page.locator("#seek").focus();
  await page.keyboard.press("Home");
  expect(await page.locator("#time").textContent()).toStartWith("0:00 /");
  await page.keyboard.press("ArrowRight");
  expect(await page.locator("#time").textContent()).toStartWith("0:05 /");
  await stocks(page, 2, 1);
  await page.keyboard.press("End");
  await stocks(page, 2, 0);
  await page.locator("#message", { hasText: "ADA wins" }).waitFor();
  await page.click("#games button");
  expect(await page.locator("#time").textContent()).toStartWith("0:00 /");
  await page.selectOption("#speed", "4");
  await page.click("#play");
  await page.locator("#play", { hasText: "Play" }).waitFor();
}

test(
  "at 60 frames a second a viewer draws 95 of 100 pictures within 33 ms of the one before",
  async () => {
    const page = await open(`/watch/${await longMatch()}`);
    await inState(page, "playing");
    // The machine may be busy with something else for a while; not for all of two minutes.
    const percentiles: number[] = [];
    for (
      const until = performance.now() + 2 * PATIENCE_MS;
      performance.now() < until && !percentiles.some((ms) => ms < 33);
    ) {
      percentiles.push((await frameTimes(page, 180))[171]!);
    }
    console.log(`watching: p95 of frame times ${percentiles.map((ms) => ms.toFixed(1)).join(", ")} ms`);
    expect(Math.min(...percentiles)).toBeLessThan(33);
  },
  TIMEOUT_MS,
);

test(
  "who joins late sees the names, the stocks and the picture at once, and a narrow window holds all of it",
  async () => {
    const id = await longMatch();
    const page = await open(`/watch/${id}`, { width: 360, dark: true });
    await inState(page, "playing");
    await page.locator("#player-1 .name", { hasText: /^ADA$/ }).waitFor();
    await page.locator("#player-1 .stocks:not([data-count=''])").waitFor();
    await videoMoves(page, "#canvas");
    const beyond = await page.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.documentElement;
      return [scrollWidth - innerWidth, scrollHeight - innerHeight];
    });
    expect(beyond[0]).toBe(0);
    expect(beyond[1]).toBeLessThanOrEqual(0);
    const wide = await open(`/watch/${id}`);
    await wide.locator("#viewers", { hasText: "viewers" }).waitFor();
    await inState(wide, "playing");
    await keepPicture("watch", wide, page);
  },
  TIMEOUT_MS,
);

/** Of phones, laptops, a tablet and a wall. */
const WINDOWS = [
  [360, 640],
  [360, 740],
  [740, 360],
  [768, 1024],
  [1100, 800],
  [1280, 720],
  [1366, 650],
  [1920, 1080],
] as const;

/** What of the page does not fit into windows of these sizes; the picture must be worth the name in all of them. */
async function misfits(page: Page, parts: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [width, height] of WINDOWS) {
    await page.setViewportSize({ width, height });
    const wrong = await page.evaluate((selectors) => {
      const { scrollWidth, scrollHeight } = document.documentElement;
      const wrong = selectors.filter((selector) => {
        const { top, left, bottom, right } = document.querySelector(selector)!.getBoundingClientRect();
        return top < 0 || left < 0 || bottom > innerHeight || right > innerWidth;
      });
      if (scrollWidth > innerWidth) wrong.push(`width ${scrollWidth}`);
      if (scrollHeight > innerHeight) wrong.push(`height ${scrollHeight}`);
      const canvas = document.querySelector("#canvas")!.getBoundingClientRect();
      if (canvas.height < 100 || canvas.height < 0.3 * innerHeight) wrong.push(`a picture ${canvas.height} high`);
      return wrong;
    }, parts);
    if (wrong.length > 0) found.push(`${width}x${height}: ${wrong.join(", ")}`);
  }
  return found;
}

test(
  "a live match fits into windows from a phone's to a wall's without scrolling",
  async () => {
    const page = await open(`/watch/${await longMatch()}`);
    await inState(page, "playing");
    expect(await misfits(page, ["#title", "#viewers", "#canvas", ".players"])).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  "a replay fits as well, with its seek bar and a button for each game",
  async () => {
    const games = simulate(server.url, "--best-of", "9", "--stocks", "1", "--fps", "3000", "--seed", "many games");
    const id = await games.matchId;
    expect((await games.ended).code).toBe(0);
    const page = await open(`/watch/${id}`);
    await inState(page, "replay");
    expect(await page.locator("#games button").count()).toBeGreaterThanOrEqual(5);
    expect(await misfits(page, ["#title", "#canvas", ".players", "#seek", "#play", "#speed", "#games"])).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  "a viewer that has just opened counts itself",
  async () => {
    const page = await browser.open("about:blank");
    pages.push(page);
    const id = await longMatch();
    const counts: string[] = [];
    await page.exposeFunction("counted", (text: string) => void counts.push(text));
    await page.addInitScript(() => {
      addEventListener("DOMContentLoaded", () => {
        const place = document.querySelector("#viewers")!;
        const tell = (globalThis as unknown as { counted(text: string): void }).counted;
        new MutationObserver(() => tell(place.textContent)).observe(place, { childList: true });
      });
    });
    await page.goto(`${server.url}/watch/${id}`);
    await page.locator("#viewers", { hasText: "viewer" }).waitFor();
    expect(counts[0]).not.toBe("0 viewers");
  },
  TIMEOUT_MS,
);

test(
  "a viewer whose connection is cut says so, comes back by itself, and goes on",
  async () => {
    const line = await openLine(() => server.port);
    try {
      const page = await open(`/watch/${await longMatch()}`, { on: `http://127.0.0.1:${line.port}` });
      await inState(page, "playing");
      const changes = await page.evaluateHandle(() => {
        const states: string[] = [];
        new MutationObserver(() => states.push(document.body.dataset["state"] ?? "")).observe(document.body, {
          attributeFilter: ["data-state"],
        });
        return states;
      });
      line.cut();
      await page.waitForFunction((states) => states.at(-1) === "playing", changes);
      expect((await changes.jsonValue())[0]).toBe("offline");
      await videoMoves(page, "#canvas");
    } finally {
      await line.close();
    }
  },
  TIMEOUT_MS,
);

test(
  "viewers and players come back to an arena that was started anew",
  async () => {
    const data = mkdtempSync(join(tmpdir(), "rendezvous-watch-"));
    const settings = { PORT: String(await freePort()), DATA_DIR: data };
    let arena = await startServer(settings);
    const simulation = simulate(arena.url, "--best-of", "9", "--seed", "anew");
    try {
      const page = await open(`/watch/${await simulation.matchId}`, { on: arena.url });
      await inState(page, "playing");
      await arena.stop("SIGKILL");
      await inState(page, "offline");
      arena = await startServer(settings);
      await inState(page, "playing");
      await videoMoves(page, "#canvas");
    } finally {
      simulation.interrupt();
      await simulation.ended;
      await arena.stop();
      rmSync(data, { recursive: true, force: true });
    }
  },
  TIMEOUT_MS,
);

test(
  "Ctrl-C ends a simulation: its matches are reported and nobody is left in the queue",
  async () => {
    const complaints = browser.complaints.length;
    const page = await open(`/watch/${await longMatch()}`);
    await inState(page, "playing");
    long.interrupt();
    const { code, stdout } = await long.ended;
    expect({ code, problems: JSON.parse(stdout).problems }).toEqual({ code: 0, problems: [] });
    await inState(page, "over");
    const health = (await call("GET", `${server.url}/health`)).body;
    expect(health).toMatchObject({ queue_size: 0, active_matches: 0, live_match_ids: [] });
    expect(browser.complaints.slice(complaints)).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  "a match that is not there, and one that was never streamed, say so",
  async () => {
    const page = await open("/watch/nothing");
    await page.locator("#nothing", { hasText: "no match" }).waitFor();
    await inState(page, "none");
    for (const part of ["#canvas", ".players", "#full"]) expect(await page.locator(part).isVisible()).toBe(false);
    await page.click("#back");
    await page.locator("#empty, #matches a").first().waitFor();

    const join = async (code: string) =>
      (await call("POST", `${server.url}/queue/join`, { connect_code: code })).body as Record<string, string>;
    const [one, two] = [await join("UNSEEN#1"), await join("UNSEEN#2")];
    for (const { queue_id } of [one, two]) {
      await call("POST", `${server.url}/matches/${two["match_id"]}/result`, { queue_id, outcome: "COMPLETED" });
    }
    const unseen = await open(`/watch/${two["match_id"]}`);
    await unseen.locator("#nothing", { hasText: "no frames of it were kept" }).waitFor();
    await unseen.locator("#title", { hasText: "UNSEEN#1 vs UNSEEN#2" }).waitFor();
  },
  TIMEOUT_MS,
);

test(
  "where tokens are asked for, the page says so, and watches with the one behind its address",
  async () => {
    const secret = "a secret of the tests that is more than 32 bytes long";
    const arena = await startServer({ AUTH_MODE: "token", JWT_SECRET: secret });
    try {
      const token = await new SignJWT({ sub: "both", scope: "client", player_id: ["ADA#1", "BORIS#2"] })
        .setProtectedHeader({ alg: "HS256" })
        .setExpirationTime("1h")
        .sign(new TextEncoder().encode(secret));
      const headers = { authorization: `Bearer ${token}` };
      const join = async (code: string) =>
        (await call("POST", `${arena.url}/queue/join`, { connect_code: code }, headers)).body as Record<string, string>;
      await join("ADA#1");
      const { match_id: id } = await join("BORIS#2");
      const refused = await open(`/watch/${id}`, { on: arena.url });
      await refused.locator("#nothing", { hasText: "token" }).waitFor();
      await inState(refused, "failed");
      const page = await open(`/watch/${id}#access_token=${token}`, { on: arena.url });
      await inState(page, "waiting");
      await page.locator("#viewers", { hasText: "1 viewer" }).waitFor();
    } finally {
      await arena.stop();
    }
  },
  TIMEOUT_MS,
);
