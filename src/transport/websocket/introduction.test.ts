import { beforeEach, describe, expect, test } from "bun:test";
import { eventually } from "../../../test/support/eventually.ts";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import { createExpiries, type Expiries } from "../limits/expiries.ts";
import { Introduction, type Admit } from "./introduction.ts";
import type { LiveSocket } from "./socket.ts";

let clock: VirtualClock;
let expiries: Expiries;
let began: number;
let over: number;
let closes: string[];
let heard: string[];

const socket = { close: (code: number, reason: string) => void closes.push(`${code} ${reason}`) } as LiveSocket;
const inner = {
  open: () => void heard.push("open"),
  text: (text: string) => void heard.push(text),
  binary: () => void heard.push("binary"),
  closed: (code: number) => void heard.push(`closed ${code}`),
};
const auth = JSON.stringify({ type: "auth", token: "t" });

function introduction(admit: Admit): Introduction {
  const one = new Introduction({ admit, expiries, began: () => void began++, over: () => void over++ });
  one.open(socket);
  return one;
}

const refusing =
  (status: number): Admit =>
  () =>
    Promise.reject(Object.assign(new Error(), { code: "c", status }));

beforeEach(() => {
  clock = createVirtualClock();
  expiries = createExpiries(clock, (error) => {
    throw error;
  });
  [began, over, closes, heard] = [0, 0, [], []];
});

describe("whoever showed nothing at the handshake", () => {
  test("has ten seconds to say who it is", async () => {
    introduction(async () => inner);
    await clock.advance(9_000);
    expect([closes, began, over]).toEqual([[], 1, 0]);
    await clock.advance(2_000);
    expect([closes, over]).toEqual([["4401 token required"], 1]);
  });

  test("is heard from then on, in order, and never timed out after that", async () => {
    let letIn = (): void => undefined;
    const one = introduction(() => new Promise((done) => (letIn = () => done(inner))));
    const underWay = one.text(auth);
    void one.text("first");
    void one.binary();
    expect(heard).toEqual([]);
    letIn();
    await underWay;
    void one.text("second");
    await clock.advance(60_000);
    void one.closed(1000, "");
    expect(heard).toEqual(["open", "first", "binary", "second", "closed 1000"]);
    expect([closes, over]).toEqual([[], 1]);
  });

  test("may hang up meanwhile", async () => {
    let letIn = (): void => undefined;
    const one = introduction(() => new Promise((done) => (letIn = () => done(inner))));
    const underWay = one.text(auth);
    void one.closed(1006, "");
    letIn();
    await underWay;
    await clock.advance(60_000);
    expect([closes, over, heard]).toEqual([[], 1, []]);
  });

  test.each([
    ["another message", "{}", async () => inner, "4401 token required"],
    ["no JSON", "auth", async () => inner, "4401 token required"],
    ["a bad token", auth, refusing(401), "4401 token refused"],
    ["a token of too little", auth, refusing(403), "4403 forbidden"],
    ["a token nobody can check", auth, refusing(503), "1013 try again later"],
    ["a wish that the face refuses", auth, async () => new Response(), "1008 refused"],
  ] as [string, string, Admit, string][])(
    "is closed for %s, and nothing of it is handled",
    async (_, text, admit, why) => {
      const one = introduction(admit);
      const underWay = one.text(text);
      void one.text("more");
      await underWay;
      void one.text("even more");
      expect([closes, heard, over]).toEqual([[why], [], 1]);
    },
  );

  test("is let go of once that is settled, with the request that its handshake was", async () => {
    const requests: WeakRef<object>[] = [];
    const admitting = (): Admit => {
      const request = { url: "/" };
      requests.push(new WeakRef(request));
      return async () => (request.url === "/" ? inner : new Response());
    };
    const settled = Array.from({ length: 100 }, () => introduction(admitting()));
    for (const one of settled) await one.text(auth);
    const left = await eventually("most are collected", async () => {
      await new Promise(setImmediate);
      Bun.gc(true);
      const kept = requests.filter((one) => one.deref() !== undefined).length;
      return kept < 50 && { kept };
    });
    expect(left.kept).toBeLessThan(50);
    // They are still there themselves.
    await Promise.all(settled.map((one) => one.text("later")));
    expect(heard.filter((text) => text === "later")).toHaveLength(100);
  });

  test("keeps no more waiting than its bound", () => {
    const one = introduction(() => new Promise(() => undefined));
    void one.text(auth);
    for (let at = 0; at < 64; at++) void one.text("x");
    expect(closes).toEqual([]);
    void one.text("x");
    expect(closes).toEqual(["1013 too much sent before being let in"]);
  });
});
