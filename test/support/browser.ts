import { existsSync } from "node:fs";
import { chromium, type Page } from "playwright-core";

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Addresses as they are: nothing answers for mDNS names in a container. And a page that a test answers for, in place of
  // the server, may call the server: Chromium takes it for one of the internet.
  "--disable-features=WebRtcHideLocalIpsWithMdns,LocalNetworkAccessChecks",
  "--use-fake-ui-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
];
const FAKE_CAMERA = "--use-fake-device-for-media-stream";

/** Two cores may be shared with other suites: what takes milliseconds may take seconds. */
export const PATIENCE_MS = 60_000;

/** A headless Chromium, and what its pages complained about. */
export interface RunningBrowser {
  /** A page of its own, with storage of its own. */
  open(url: string, options?: { readonly width?: number; readonly dark?: boolean }): Promise<Page>;
  /** Errors on consoles, uncaught exceptions and violations of a page's content security policy, all pages together. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/**
 * Starts Chromium: CHROMIUM_PATH if set, else the system's.
 *
 * @param camera false: only what is really plugged in, which on a server is nothing
 */
export async function startBrowser({ camera = true } = {}): Promise<RunningBrowser> {
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    headless: true,
    args: camera ? [...ARGUMENTS, FAKE_CAMERA] : ARGUMENTS,
    timeout: PATIENCE_MS,
  });
  const complaints: string[] = [];
  return {
    complaints,
    async open(url, { width = 1100, dark = false } = {}) {
      const context = await browser.newContext({
        viewport: { width, height: 800 },
        colorScheme: dark ? "dark" : "light",
      });
      context.setDefaultTimeout(PATIENCE_MS);
      const page = await context.newPage();
      page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
      page.on("console", (message) => {
        if (message.type() === "error") complaints.push(`${page.url()}: ${message.text()}`);
      });
      await page.goto(url);
      return page;
    },
    close: () => browser.close(),
  };
}

function chromiumPath(): string {
  const wanted = process.env["CHROMIUM_PATH"];
  if (wanted) return wanted;
  const found = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  if (found === undefined) throw new Error("no Chromium; set CHROMIUM_PATH");
  return found;
}

/** Waits until the page says that it is in this state (`data-state` of its body). */
export async function inState(page: Page, state: string): Promise<void> {
  await page.locator(`body[data-state="${state}"]`).waitFor({ state: "attached" });
}

/** Waits until the page shows this statistic as a number above `least`. */
export async function countsBeyond(page: Page, stat: string, least: number): Promise<void> {
  await page.waitForFunction(
    ([name, number]) => Number(document.querySelector(`[data-stat="${name}"]`)?.textContent) > number,
    [stat, least] as const,
  );
}

/** What a video shows right now, as a small fingerprint: 16 × 9 pixels, RGBA. */
export function pictureOf(page: Page, selector: string): Promise<number[]> {
  return page.locator(selector).evaluate((video) => {
    const canvas = new OffscreenCanvas(16, 9);
    const paper = canvas.getContext("2d")!;
    paper.drawImage(video as HTMLVideoElement, 0, 0, 16, 9);
    return Array.from(paper.getImageData(0, 0, 16, 9).data);
  });
}

/** Waits until a video shows something that is not black, and something else after that. */
export async function videoMoves(page: Page, selector: string): Promise<void> {
  const first = await until(page, selector, (picture) => picture.some((value, at) => at % 4 !== 3 && value > 40));
  await until(page, selector, (picture) => picture.some((value, at) => Math.abs(value - first[at]!) > 8));
}

async function until(page: Page, selector: string, good: (picture: number[]) => boolean): Promise<number[]> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const picture = await pictureOf(page, selector);
    if (good(picture)) return picture;
    if (performance.now() > deadline) throw new Error(`the picture in ${selector} did not become what was expected`);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}
