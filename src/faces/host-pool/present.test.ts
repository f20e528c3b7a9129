import { expect, test } from "bun:test";
import type { Host } from "../../core/presence/host.ts";
import { createMatchWriter } from "./present.ts";

const hostIn = (room: string) => ({ room }) as Host;
const stun = [{ urls: "stun:stun.example.org" }];
const open = { signalingUrl: null, publicUrl: null };

test("a match names its room, whatever that is called, and nothing of the match before", () => {
  const write = createMatchWriter(open);
  for (const room of ["r1", 'a "quoted" \\ one', "\u2028 \ud800", "r1"]) {
    for (const [origin, servers] of [
      ["http://a.example", stun],
      ["https://b.example:81", []],
      ["http://a.example", []],
    ] as const) {
      expect(JSON.parse(write(hostIn(room), { origin }, servers))).toEqual({
        found: true,
        roomId: room,
        signalingUrl: `ws${origin.slice("http".length)}/signaling`,
        iceServers: servers,
      });
    }
  }
});

test("the signaling is where the operator says, or else below the public address", () => {
  const urlWith = (settings: Partial<typeof open> | object): unknown =>
    JSON.parse(createMatchWriter({ ...open, ...settings })(hostIn("r"), { origin: "http://asked.example" }, stun))
      .signalingUrl;
  const publicUrl = "https://play.example.org";
  expect(urlWith({})).toBe("ws://asked.example/signaling");
  expect(urlWith({ publicUrl })).toBe("wss://play.example.org/signaling");
  expect(urlWith({ publicUrl, signalingUrl: "wss://elsewhere.example/s" })).toBe("wss://elsewhere.example/s");
});
