// npm run stopwatch [-- <page> …]: follows the pages for people who begin, from an empty folder, and says how long it took.
import { pagePaths } from "./pages.ts";
import { readPage } from "./page.ts";
import { follow } from "./reader.ts";

const wanted = process.argv.slice(2);
const pages = pagePaths().filter((path) =>
  wanted.length === 0 ? path.startsWith("docs/getting-started/") : wanted.includes(path),
);
for (const path of pages) {
  const started = performance.now();
  await follow(readPage(path), { fromNothing: true });
  console.log(`${path}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
