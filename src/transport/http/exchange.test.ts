import { expect, test } from "bun:test";
import type { Server } from "bun";
import { Exchange } from "./exchange.ts";
import { openGate } from "./gate.ts";

function exchange(address: string, asked: string[] = []) {
  const request = new Request("http://here.example/a?b=c");
  const server = {
    requestIP: () => (asked.push("address"), { address, family: "IPv4", port: 1 }),
    url: new URL("http://here.example/"),
  } as unknown as Server<unknown>;
  return new Exchange(openGate, request, server, "name", 0);
}

test("the runtime is asked for the address when somebody wants to know, and once", () => {
  const asked: string[] = [];
  const one = exchange("::ffff:192.0.2.7", asked);
  const { isLocal, url } = one;
  expect(asked).toEqual([]);
  expect([one.address, one.address, isLocal(), url().href]).toEqual([
    "192.0.2.7",
    "192.0.2.7",
    false,
    "http://here.example/a?b=c",
  ]);
  expect(asked).toEqual(["address"]);
});

test("whatever waits can end with its caller's token", () => {
  const ended: (number | null)[] = [];
  const expiries = { at: (time: number | null) => (ended.push(time), () => undefined), after: () => () => undefined };
  const one = new Exchange({ ...openGate, expiries }, new Request("http://x/"), {} as Server<unknown>, "", 0);
  const { whenExpired } = one;
  one.caller = { ...openGate.guard.nobody, expiresAt: 7 };
  whenExpired(() => undefined);
  expect(ended).toEqual([7]);
});
