import { expect, test } from "bun:test";
import { MatchProgress } from "./match-progress.ts";

function screen() {
  const written: string[] = [];
  return { written, isTTY: false, write: (text: string) => written.push(text) };
}

test("where nothing can be overwritten, each match is said once", () => {
  const paper = screen();
  const progress = new MatchProgress(paper, "http://arena");
  progress.hear({ player: "ADA#1", stage: "waiting", matchId: null });
  for (const player of ["ADA#1", "BORIS#2"]) progress.hear({ player, stage: "playing", matchId: "m1" });
  progress.stop();
  expect(paper.written).toEqual(["ADA#1 plays: watch it on http://arena/watch/m1\n"]);
});
