import { afterEach, expect, test } from "bun:test";
import { Figures } from "./figures.ts";
import { Traffic } from "./traffic.ts";
import { WorldProgress, type Screen } from "./world-progress.ts";

const open: WorldProgress[] = [];
afterEach(() => open.splice(0).forEach((one) => one.stop()));

function progressOn(screen: Partial<Screen>, json = false) {
  const written: string[] = [];
  const figures = new Figures();
  const traffic = new Traffic();
  Object.assign(figures.faces.arena, { begun: 3, done: 1, failed: 1 });
  traffic.note(429, 5_000);
  const told = {
    world: { now: () => ({ arena: { viewers: 5, matches: 1 } }) },
    figures,
    traffic,
    elapsed: () => 65_000,
  };
  const progress = new WorldProgress({ write: (text) => written.push(text), ...screen }, told, json);
  open.push(progress);
  return { progress, written };
}

test("elsewhere than on a terminal each telling is a line of its own", () => {
  const { progress, written } = progressOn({});
  progress.tell();
  progress.say("by the way");
  expect(written).toEqual(["1:05  3 begun, 1 failed | 1 x 429 | arena 5 viewers, 1 match\n", "by the way\n"]);
});

test("on a terminal one line is rewritten, and wiped at the end", () => {
  const { progress, written } = progressOn({ isTTY: true, columns: 100 });
  progress.tell();
  progress.stop();
  expect(written).toEqual(["\r\u001b[K1:05  3 begun, 1 failed | 1 x 429 | arena 5 viewers, 1 match", "\r\u001b[K"]);
});

test.each([
  [50, "1:05  3 begun, 1 failed | 1 x 429 | 1 match"],
  [30, "1:05  3 begun, 1 failed | 1 …"],
])("on a terminal of %p columns it says what fits", (columns, line) => {
  const { progress, written } = progressOn({ isTTY: true, columns });
  progress.tell();
  expect(written).toEqual([`\r\u001b[K${line}`]);
});

test("machines get JSON, on a terminal too", () => {
  const { progress, written } = progressOn({ isTTY: true }, true);
  progress.tell();
  expect(written.map((line) => JSON.parse(line))).toEqual([
    {
      seconds: 65,
      faces: { arena: { begun: 3, done: 1, unlucky: 0, failed: 1, now: { viewers: 5, matches: 1 } } },
      traffic: { requests: 1, limited: 1, overloaded: 0, unanswered: 0, reconnects: 0 },
      problems: [],
    },
  ]);
});
