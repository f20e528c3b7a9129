import { describe, expect, test } from "bun:test";
import type { Clock } from "../../ports/clock.ts";
import { createIceServers } from "./ice-servers.ts";

const idle = { cancel: () => {} };
const fixedClock = (now: number): Clock => ({ now: () => now, after: () => idle, every: () => idle });

describe("createIceServers", () => {
  test("lists STUN without and TURN with a credential, one URL an entry", () => {
    const iceServers = createIceServers({
      clock: fixedClock(1893452400_000),
      stunUrls: ["stun:a.example.org", "stun:b.example.org"],
      turnUrls: ["turn:a.example.org", "turns:a.example.org:443?transport=tcp"],
      secret: "north",
      ttlSeconds: 3600,
    });
    const issued = { username: "1893456000:alice", credential: "MME/7rvfb/gOjpkB59+7AxlCLvk=" };
    expect(iceServers("alice")).toEqual([
      { urls: "stun:a.example.org" },
      { urls: "stun:b.example.org" },
      { urls: "turn:a.example.org", ...issued },
      { urls: "turns:a.example.org:443?transport=tcp", ...issued },
    ]);
  });

  test("counts the time to live from whole seconds of the clock", () => {
    const iceServers = createIceServers({
      clock: fixedClock(1_000_999),
      stunUrls: [],
      turnUrls: ["turn:example.org"],
      secret: "s",
      ttlSeconds: 60,
    });
    expect(iceServers("bob")[0]?.username).toBe("1060:bob");
  });

  test("needs no secret where there is no TURN server", () => {
    const iceServers = createIceServers({ clock: fixedClock(0), stunUrls: ["stun:x"], turnUrls: [], ttlSeconds: 60 });
    expect(iceServers("alice")).toEqual([{ urls: "stun:x" }]);
  });

  test.each([undefined, null, ""])("refuses TURN servers with the secret %j", (secret) => {
    expect(() =>
      createIceServers({ clock: fixedClock(0), stunUrls: [], turnUrls: ["turn:x"], secret, ttlSeconds: 60 }),
    ).toThrow("need a secret");
  });
});
