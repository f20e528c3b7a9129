import { describe, expect, test } from "bun:test";
import { issueTurnCredential, turnUser } from "./turn-credential.ts";

describe("issueTurnCredential", () => {
  test("gives the credential other TURN REST implementations give", () => {
    expect(issueTurnCredential("north", 1893456000, "alice")).toEqual({
      username: "1893456000:alice",
      credential: "MME/7rvfb/gOjpkB59+7AxlCLvk=",
    });
  });

  test("hashes the user name as it is sent, escapes included", () => {
    expect(issueTurnCredential("north", 1893456000, "a:b")).toEqual({
      username: "1893456000:a%3Ab",
      credential: new Bun.CryptoHasher("sha1", "north").update("1893456000:a%3Ab").digest("base64"),
    });
  });
});

describe("turnUser", () => {
  test.each([
    ["alice", "alice"],
    ["host-01_a.b~c@example.org", "host-01_a.b~c@example.org"],
    ["a:b", "a%3Ab"],
    ['it\'s "so" (1)*!', "it%27s%20%22so%22%20%281%29%2A%21"],
    ["line\r\nbreak", "line%0D%0Abreak"],
    ["ü", "%C3%BC"],
    ["\ud800", "%EF%BF%BD"],
    ["Union-Select", "%55nion-Select"],
    ["", "peer"],
  ])("writes %j as %s", (user, written) => {
    expect(turnUser(user)).toBe(written);
  });

  test("bounds the length and never cuts an escape in two", () => {
    for (let prefix = 0; prefix < 3; prefix++) {
      const written = turnUser("x".repeat(prefix) + ":".repeat(500));
      expect(written.length).toBeGreaterThan(120);
      expect(written.length).toBeLessThanOrEqual(128);
      expect(written).toMatch(/^x*(%3A)+$/);
    }
    expect(turnUser("y".repeat(500))).toBe("y".repeat(128));
  });
});
