import { expect, test } from "bun:test";
import { plain } from "./source.ts";
import { waitingOf } from "./waiting.ts";
import type { Field, Item } from "./wire.ts";

const NOW = 1_000_000;

function ticket(label: string, face: string, since: number, fields: Record<string, Field>, state = "waiting"): Item {
  return { ...plain, kind: "tickets", id: `${face}:${label}`, label, face, state, since, fields };
}

const chat = (label: string, side: string, seeks: string, since: number, avoids: string | null = null) =>
  ticket(label, "video-chat", since, { side, seeks, avoids });

const entry = (label: string, askedAt: number) =>
  ticket(label, "arena", NOW - 60_000, { askedAt, expiresWithoutAskingMs: 300_000 });

async function reasons(item: Item, others: readonly Item[]) {
  const look = async () => ({ items: [item, ...others], next: null, states: [] });
  return (await waitingOf(item, look, NOW))?.reasons ?? null;
}

const him = chat("him", "male", "female", 500);

test("nobody else waits, whoever waits elsewhere", async () => {
  expect(await reasons(him, [])).toEqual(["Nobody else waits."]);
  expect(await reasons(him, [entry("fox", NOW)])).toEqual(["Nobody else waits."]);
});

test("others wait, but not where it seeks, or they seek another", async () => {
  expect(await reasons(him, [chat("a", "male", "female", 400), chat("b", "male", "female", 600)])).toEqual([
    "2 others wait, but nobody on the side that it seeks, female.",
    "It is number 2 in its line.",
  ]);
  expect(await reasons(him, [chat("a", "female", "female", 1)])).toEqual([
    "Those on the side that it seeks, female, seek another.",
    "It is the first in its line.",
  ]);
});

test("whoever fits was its partner just now, whichever of the two remembers it", async () => {
  const once = "The only one who fits was its partner just now: they do not meet again for ten seconds.";
  expect(await reasons(him, [chat("her", "female", "male", 1, "x, him")])).toContain(once);
  expect(
    await reasons({ ...him, fields: { ...him.fields, avoids: "her" } }, [chat("her", "female", "male", 1)]),
  ).toContain(once);
  expect(await reasons(him, [chat("her", "female", "male", 1)])).toContain(
    "Somebody fits: they are being brought together.",
  );
});

test("in the arena who has stopped asking does not count", async () => {
  expect(await reasons(entry("fox", NOW), [entry("silent", 0)])).toEqual([
    "Whoever else waits has not asked after it for five minutes, and counts no more.",
  ]);
  expect(await reasons(entry("silent", 0), [entry("fox", NOW)])).toEqual([
    "Its player has not asked after it for five minutes: it is about to expire.",
  ]);
});

test("what does not wait has no reasons, and what rests has one", async () => {
  expect(await reasons({ ...him, state: "matched" }, [])).toBeNull();
  expect(await reasons({ ...him, kind: "rooms" }, [])).toBeNull();
  expect(await reasons({ ...him, state: "resting" }, [])).toHaveLength(1);
});
