import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { presentNotice, presentResumed, presentWelcome, withSender } from "./present.ts";
import { readFrame } from "./schema.ts";

const stamp = (text: string): string => withSender(text, readFrame(text), "peer-1");

describe("the sender's name", () => {
  test("goes in front of the last brace, and nothing else changes", () => {
    expect(stamp(`{"type":"offer"}`)).toBe(`{"type":"offer","from":"peer-1"}`);
    expect(stamp(` {"type" : "offer", "n": 1.50 }\n`)).toBe(` {"type" : "offer", "n": 1.50 ,"from":"peer-1"}\n`);
    expect(stamp(`{"type":"offer","sdp":"}"}`)).toBe(`{"type":"offer","sdp":"}","from":"peer-1"}`);
  });

  test("replaces one that the sender wrote, in its place, and only at the top", () => {
    expect(stamp(`{"from":"x","type":"bye"}`)).toBe(`{"from":"peer-1","type":"bye"}`);
    expect(stamp(`{"type":"bye","a":{"from":"x"}}`)).toBe(`{"type":"bye","a":{"from":"x"},"from":"peer-1"}`);
  });

  test("is all that a reader sees added, whatever the frame holds", () => {
    const spacing = fc.constantFrom(0, 1, "\t", "\r\n");
    const frames = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 }));
    fc.assert(
      fc.property(frames, spacing, (fields, indent) => {
        const { to: _to, ...rest } = fields;
        const frame = { ...rest, type: "offer" };
        const text = JSON.stringify(frame, null, indent);
        fc.pre(!/__proto__|constructor/.test(text)); // Refused before it comes here.
        expect(JSON.parse(stamp(text))).toEqual({ ...(JSON.parse(text) as object), from: "peer-1" });
      }),
    );
  });
});

describe("our own frames", () => {
  test("have exactly the documented keys", () => {
    const welcome = { peerId: "a", peers: ["b"], polite: true, iceServers: [{ urls: "stun:s" }], resumeToken: "t" };
    expect(JSON.parse(presentWelcome(welcome))).toEqual({ type: "welcome", ...welcome });
    expect(presentResumed(true)).toBe(`{"type":"resumed","recovered":true}`);
    expect(presentNotice({ type: "joined", peerId: "a" })).toBe(`{"type":"peer-joined","peerId":"a"}`);
    expect(presentNotice({ type: "left", peerId: "a" })).toBe(`{"type":"peer-left","peerId":"a"}`);
    expect(presentNotice({ type: "refused", code: "bad_message", message: "m" })).toBe(
      `{"type":"error","code":"bad_message","message":"m"}`,
    );
    expect(presentNotice({ type: "signal", payload: "as it is" })).toBe("as it is");
  });
});
