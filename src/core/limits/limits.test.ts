import { describe, expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryRates } from "../../adapters/memory/rates.ts";
import type { Rates } from "../../ports/rates.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import { createNodeLimit } from "./node-limit.ts";
import { createOwnLimit, createRequestLimit } from "./request-limit.ts";
import { createSteadyRates } from "./steady-rates.ts";

const quota = { limit: 2, windowMs: 60_000 };

describe("a limit that all nodes count together", () => {
  const make = (address: number, account?: number) => {
    const clock = createVirtualClock();
    const rates = createMemoryRates({ clock });
    const quotaOf = (limit?: number) => (limit === undefined ? undefined : { limit, windowMs: 60_000 });
    const budgets = { rates, address: quotaOf(address), account: quotaOf(account), countsLocal: false };
    return { clock, rates, budgets, limit: createRequestLimit({ ...budgets, name: "face" }) };
  };

  test("is a client's alone, and a minute long", async () => {
    const { clock, limit } = make(2);
    expect(await limit.take("a")).toMatchObject({ allowed: true, name: "default", limit: 2, windowMs: 60_000 });
    await limit.take("a");
    expect(await limit.take("a")).toMatchObject({ allowed: false, retryMs: 60_000 });
    expect((await limit.take("b"))!.allowed).toBe(true);
    await clock.advance(60_000);
    expect((await limit.take("a"))!.allowed).toBe(true);
  });

  test("holds for an account wherever it calls from, and for nobody where there is none", async () => {
    const { limit } = make(100, 1);
    expect(await limit.takeAccount("alice")).toMatchObject({ allowed: true, name: "account", limit: 1 });
    expect((await limit.takeAccount("alice"))!.allowed).toBe(false);
    expect((await limit.takeAccount("bob"))!.allowed).toBe(true);
    expect(make(1).limit.takeAccount("alice")).toBeNull();
  });

  test("does not share a count with limits of other names", async () => {
    const { budgets, limit } = make(1);
    const other = createRequestLimit({ ...budgets, name: "other" });
    await limit.take("a");
    expect((await other.take("a"))!.allowed).toBe(true);
  });
});

describe("a limit of calls that name a budget of their own", () => {
  const make = (address: number, own: number) => {
    const clock = createVirtualClock();
    const [all, each] = [address, own].map((limit) => ({ limit, windowMs: 60_000 }));
    return createOwnLimit({
      rates: createMemoryRates({ clock }),
      name: "face",
      address: all,
      account: each,
      countsLocal: true,
    });
  };

  test("fifty hosts behind one address each have one", async () => {
    const limit = make(180, 3);
    for (let beat = 0; beat < 3; beat++) {
      for (let host = 0; host < 50; host++) expect((await limit.take("nat", `host-${host}`))!.allowed).toBe(true);
    }
    expect(await limit.take("nat", "host-7")).toMatchObject({ allowed: false, name: "own" });
  });

  test("nobody uses up the budget of a host by calling from elsewhere", async () => {
    const limit = make(120, 2);
    for (let call = 0; call < 5; call++) await limit.take("attacker", "host-1");
    expect((await limit.take("home", "host-1"))!.allowed).toBe(true);
  });

  test("inventing hosts does not make the limit endless", async () => {
    const limit = make(120, 2);
    for (let call = 0; call < 120; call++) expect((await limit.take("a", `host-${call}`))!.allowed).toBe(true);
    expect(await limit.take("a", "one-more")).toMatchObject({ allowed: false, name: "own-all", limit: 120 });
  });
});

describe("a limit that each node counts alone", () => {
  test("answers at once, says nothing while there is enough, and fills evenly", async () => {
    const clock = createVirtualClock();
    const address = { limit: 60, windowMs: 60_000 };
    const limit = createNodeLimit({ clock, name: "heartbeat", address, countsLocal: false });
    for (let call = 0; call < 60; call++) expect(limit.take("a")).toBeNull();
    expect(limit.take("a")).toEqual({
      ...{ allowed: false, name: "heartbeat", limit: 60, windowMs: 60_000 },
      ...{ remaining: 0, resetMs: 60_000, retryMs: 1_000 },
    });
    expect(limit.take("b")).toBeNull();
    await clock.advance(2_000);
    expect([limit.take("a"), limit.take("a")]).toEqual([null, null]);
    expect(limit.take("a")).toMatchObject({ allowed: false, retryMs: 1_000 });
    expect(limit.takeAccount("alice")).toBeNull();
  });
});

describe("steady rates", () => {
  const failing = (state: { away: boolean; asked: number }, shared: Rates): Rates => ({
    async take(key, of) {
      state.asked++;
      if (state.away) throw new StoreUnavailable("gone");
      return shared.take(key, of);
    },
  });

  test("count locally while the shared store is away, leave it alone for a second, and go back to it", async () => {
    const clock = createVirtualClock();
    const state = { away: false, asked: 0 };
    const rates = createSteadyRates({
      shared: failing(state, createMemoryRates({ clock })),
      local: createMemoryRates({ clock }),
      clock,
    });
    await rates.take("a", quota);
    await rates.take("a", quota);
    state.away = true;
    expect(await rates.take("a", quota)).toMatchObject({ allowed: true, remaining: 1 });
    await rates.take("a", quota);
    expect((await rates.take("a", quota)).allowed).toBe(false);
    expect(state.asked).toBe(3);
    state.away = false;
    await clock.advance(1_000);
    expect((await rates.take("a", quota)).allowed).toBe(false);
    expect((await rates.take("b", quota)).remaining).toBe(1);
    expect(state.asked).toBe(5);
  });

  test("any other error is not taken for a store that is away", async () => {
    const clock = createVirtualClock();
    const shared: Rates = {
      async take() {
        throw new TypeError("a bug");
      },
    };
    const rates = createSteadyRates({ shared, local: createMemoryRates({ clock }), clock });
    await expect(rates.take("a", quota)).rejects.toBeInstanceOf(TypeError);
  });
});
