import { expect, test } from "bun:test";
import fc from "fast-check";
import { Pages, type Kept } from "./pages.ts";

const MOST = 250;

const text = fc.oneof(
  fc.constantFrom("", "found", "host-1", "\ud83d", "\ude00\ud83d", "\ufeff\0"),
  fc.string({ unit: "binary", maxLength: 300 }),
);
const orNothing = fc.option(text, { nil: null });
const said = fc.record({
  what: text,
  detail: orNothing,
  face: orNothing,
  id: text,
  person: orNothing,
  request: orNothing,
});

/** What may happen to a kind of notes: so many more of one text, what is forgotten, and what has become too old. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant("put"), said, times: fc.integer({ min: 1, max: 240 }) }) },
  fc.record({ type: fc.constant("keep"), every: fc.integer({ min: 2, max: 400 }) }),
  fc.record({ type: fc.constant("drop"), part: fc.double({ min: 0, max: 1.1, noNaN: true }) }),
);

test("notes are what a plain list would keep of them, whatever they say, in their order and the newest so many", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const pages = new Pages(MOST);
      let [list, at]: [Kept[], number] = [[], 1_000];
      for (const one of steps) {
        if (one.type === "put" && "said" in one) {
          for (let time = 0; time < one.times; time++) {
            const note = { at: at++, ...one.said };
            pages.put(note);
            list.push(note);
          }
        } else if ("every" in one) {
          const isKept = (note: Kept): boolean => note.at % one.every !== 0;
          pages.keep(isKept);
          list = list.slice(-MOST).filter(isKept);
        } else if ("part" in one) {
          const from = list.at(0)?.at ?? at;
          const time = Math.floor(from + (at - from) * one.part);
          pages.dropUntil(time);
          list = list.slice(-MOST).filter((note) => note.at > time);
        }
        expect(pages.all()).toEqual(list.slice(-MOST));
      }
    }),
    { numRuns: 60 },
  );
});

test("however often some are dropped, no more is held than the newest so many and two pages", () => {
  const pages = new Pages(MOST);
  let at = 0;
  const note = (): Kept => ({ at: at++, what: "", detail: null, face: null, id: "", person: null, request: null });
  for (let round = 0; round < 40; round++) {
    for (let put = 0; put < MOST; put++) pages.put(note());
    pages.keep((one) => one.at % 40 === 0);
    expect(pages.held).toBeLessThan(MOST + 80);
  }
  for (let put = 0; put < 10 * MOST; put++) pages.put(note());
  expect(pages.held).toBeLessThan(MOST + 80);
});

test("what is too old goes, too, where the clock went back", () => {
  const pages = new Pages(MOST);
  const note = (at: number): Kept => ({
    ...{ at, what: "", detail: null, face: null, id: "", person: null, request: null },
  });
  for (const at of [10_000, 1_000, 2_000, 11_000]) pages.put(note(at));
  pages.dropUntil(5_000);
  expect(pages.all().map(({ at }) => at)).toEqual([10_000, 11_000]);
});
