import { expect, test } from "bun:test";
import { Figures } from "./figures.ts";

test("one reason that comes with many names is said once and counted", () => {
  const figures = new Figures();
  const heard: string[] = [];
  figures.heard = (reason) => heard.push(reason);
  figures.note(new Error("DELETE /api/host/host-3fa2c1-7: 500 no"));
  figures.note(new Error("DELETE /api/host/host-3fa2c1-12: 500 no"));
  figures.note(new Error("GET /matches/0b8f5a3e-7a52-4c12-8c3f-9a4f8e1d2b3c: 503"));
  expect(heard).toEqual(["DELETE /api/host/…: 500 no", "GET /matches/…: 503"]);
  expect(figures.reasons()[0]).toEqual(["DELETE /api/host/…: 500 no", 2]);
});

test("a run that never ends does not collect reasons without end", () => {
  const figures = new Figures();
  for (let n = 0; n < 1_000; n++) figures.note(`reason ${n}`);
  expect(figures.reasons().length).toBeLessThan(100);
});
