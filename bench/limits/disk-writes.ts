// The limit of whatever is on disk when it is told: as many come at a steady rate, a page of each is written, over what is
// there already, and all who came meanwhile share one wait for the disk. Nobody is answered, and nothing is looked up.
//
//   bun bench/limits/disk-writes.ts FILE A_SECOND SECONDS
import { fdatasyncSync, openSync, writeSync } from "node:fs";
import { measureWhenAsked } from "../harness/asked.ts";
import { createLatencies } from "../harness/latency.ts";

const [file, perSecond, seconds] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])];

const PAGE = Buffer.alloc(4_096, "page");
/** Pages of the file, after which it is written from its beginning: 32 MB, as the log of the embedded database. */
const PAGES = 8_192;

const descriptor = openSync(file, "w");
for (let at = 0; at < PAGES; at++) writeSync(descriptor, PAGE);
fdatasyncSync(descriptor);
let pages = 0;

await measureWhenAsked(async () => {
  const began = performance.now();
  const waits = createLatencies();
  const dueAt = (one: number): number => began + (one * 1_000) / perSecond;
  const all = perSecond * seconds;
  for (let written = 0; written < all;) {
    if (dueAt(written) > performance.now()) await Bun.sleep(1);
    const now = performance.now();
    let came = written;
    for (; came < all && dueAt(came) <= now; came++) {
      writeSync(descriptor, PAGE, 0, PAGE.length, (pages++ % PAGES) * PAGE.length);
    }
    fdatasyncSync(descriptor);
    const onDisk = performance.now();
    for (; written < came; written++) waits.add(onDisk - dueAt(written));
  }
  return { p99: waits.at(0.99) };
});
