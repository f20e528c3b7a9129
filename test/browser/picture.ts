import { join, resolve } from "node:path";
import type { Page } from "playwright-core";

/** Of each page, in pixels. */
const WIDTH = 900;

const docs = resolve(import.meta.dir, "../../docs");

/**
 * True if the pictures in `docs/` are to be taken anew:
 *
 *     SCREENSHOTS=1 npm test browser
 */
export const wantsPictures = process.env["SCREENSHOTS"] === "1";

/** Keeps a picture of two pages side by side in `docs/`, if wanted. */
export async function keepPicture(name: string, ...pages: readonly Page[]): Promise<void> {
  if (!wantsPictures) return;
  const height = Math.ceil(Math.max(...(await Promise.all(pages.map(bottomOf)))));
  const shots: string[] = [];
  for (const page of pages) {
    await page.setViewportSize({ width: WIDTH, height });
    shots.push((await page.screenshot()).toString("base64"));
  }
  const context = await pages[0]!
    .context()
    .browser()!
    .newContext({ viewport: { width: 1360, height: 100 } });
  const sheet = await context.newPage();
  const images = shots.map((shot) => `<img src="data:image/png;base64,${shot}">`).join("");
  await sheet.setContent(`<!doctype html><style>
    body { margin: 0; padding: 28px; display: flex; gap: 28px; align-items: start; background: #d9dcef; }
    img { flex: 1; min-width: 0; border-radius: 12px; }
  </style>${images}`);
  await sheet.screenshot({ path: join(docs, `${name}.png`), fullPage: true });
  await context.close();
}

/** Keeps a picture of the upper part of a page in `docs/`, as high as given, in pixels. */
export async function keepShot(name: string, page: Page, height: number): Promise<void> {
  await page.setViewportSize({ width: page.viewportSize()!.width, height });
  await page.screenshot({ path: join(docs, `${name}.png`) });
}

/** How far down the page has something to show, in a window of our width. */
async function bottomOf(page: Page): Promise<number> {
  await page.setViewportSize({ width: WIDTH, height: 800 });
  return page.evaluate(() => document.querySelector("main")!.getBoundingClientRect().bottom - 32);
}
