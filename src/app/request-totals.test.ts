import { expect, test } from "bun:test";
import type { Face } from "../transport/face.ts";
import { renderFigures } from "./metrics.ts";
import { RequestTimes } from "./request-times.ts";
import { createRequestTotals } from "./request-totals.ts";

const faces = [{ name: "arena", http: [{ routes: [{ path: "/a" }, { path: "/b" }] }] }] as unknown as readonly Face[];

test("requests are told by face, with how many took at most so long", async () => {
  const times = new RequestTimes();
  const totals = createRequestTotals(faces, () => times.read());
  expect(await totals()).toEqual({ requests: 0, refusals: 0, errors: 0, bounds: [], overall: [], byFace: {} });
  times.answered("/a", "GET", 200, 0.4);
  times.answered("/b", "POST", 404, 2);
  times.answered("/livez", "GET", 503, 9_000);
  const { bounds, overall, byFace, ...rest } = await totals();
  expect(rest).toEqual({ requests: 3, refusals: 1, errors: 1 });
  expect(bounds).toEqual([0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500]);
  expect(overall).toEqual([1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3]);
  expect(byFace["arena"]?.slice(0, 3)).toEqual([1, 1, 2]);
  expect(byFace["server"]?.at(-1)).toBe(1);
});

test("a method that somebody invented is no label", () => {
  const times = new RequestTimes();
  times.answered("/a", "BREW", 405, 1);
  times.answered("/a", "MAKE", 405, 3);
  const text = renderFigures(times.figures());
  expect(text).toContain('http_request_duration_seconds_bucket{route="/a",method="other",status="405",le="0.001"} 1');
  expect(text).toContain('http_request_duration_seconds_count{route="/a",method="other",status="405"} 2');
  expect(text).not.toContain("BREW");
});
