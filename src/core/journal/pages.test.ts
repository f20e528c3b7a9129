import { expect, test } from "bun:test";
import fc from "fast-check";
import { Pages, type Kept } from "./pages.ts";

const MOST = 250;

const text = fc.oneof(fc.constantFrom("", "found", "host-1"), fc.string({ unit: "binary", maxLength: 300 }));
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
