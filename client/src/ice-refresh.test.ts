import { expect, test } from "bun:test";
import { lifetimeOf } from "./ice-refresh.ts";

test("servers live as long as the first of their credentials, whose user name begins with its end", () => {
  const now = 1_893_456_000_000;
  const turn = (expiry: number) => ({ urls: "turn:t", username: `${expiry}:ann`, credential: "c" });
  expect(lifetimeOf([{ urls: "stun:s" }, turn(1_893_459_600), turn(1_893_457_000)], now)).toBe(1_000_000);
  expect(lifetimeOf([{ urls: "stun:s" }, { urls: "turn:t", username: "ann", credential: "c" }], now)).toBeNull();
});
