import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { writeBudgets } from "../core/limits/budget-syntax.ts";
import { guarded, messageClasses, type MessageClass } from "../core/limits/budget-table.ts";
import { loadConfig } from "./config/load.ts";
import { embeddedEngine } from "./engine.ts";
import { budgetsOf, createLimits } from "./limits.ts";

const load = async (env: Record<string, string> = {}) =>
  (await loadConfig({ env, flags: {}, folder: import.meta.dir })).config;

describe("docs/limits.md", () => {
  const document = readFileSync(resolve(import.meta.dir, "../../docs/limits.md"), "utf8");
  const rows = [...document.matchAll(/^\| (`\w+`(?:, `\w+`)*)\s*\|(.*)\|$/gm)].flatMap(([, names, cells]) => {
    const [, address, socket, account] = cells!.split("|").map((cell) => cell.replace(/[¹²³⁴⁵]|each/g, "").trim());
    return [...names!.matchAll(/\w+/g)].map(([name]) => [name as MessageClass, { address, socket, account }] as const);
  });

  test("shows the defaults of every class", async () => {
    const table = budgetsOf(await load());
    const written = (Object.keys(messageClasses) as MessageClass[]).map((name) => {
      const budget = (per: "address" | "socket" | "account"): string => {
        const quota = table[name][per];
        if (quota !== undefined) return writeBudgets({ address: quota }).replace("address:", "");
        return (messageClasses[name] as readonly string[]).includes(per) ? "off" : "";
      };
      return [name, { address: budget("address"), socket: budget("socket"), account: budget("account") }] as const;
    });
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(written));
  });
});

test("whether the server is well is counted without asking a store, and beside what its address looks at", async () => {
  const { clock } = embeddedEngine();
  const silent = { take: () => new Promise<never>(() => undefined) };
  const config = await load({ BUDGETS: "look=address:1/1h;probe=address:2/1h" });
  const { look, probe } = createLimits(config, { clock, rates: silent });
  const counted = [look, look, probe, probe, probe].map((limit) => limit!.take("198.51.100.1"));
  expect(counted).toMatchObject([null, { allowed: false }, null, null, { allowed: false }]);
});

test("sessions are opened no oftener than an address may call at all, and without that limit as often as before", async () => {
  const opening = async (perMinute: string) => budgetsOf(await load({ RATE_LIMIT_PER_MINUTE: perMinute })).open;
  expect((await opening("3")).address).toEqual({ limit: 3, windowMs: 60_000 });
  for (const perMinute of ["0", "1000"]) {
    const quota = { limit: 60, windowMs: 60_000 };
    expect(await opening(perMinute)).toEqual({ address: quota, account: quota });
  }
});

describe("every class", () => {
  test("but those that guard passwords can be taken away", async () => {
    const off = Object.keys(messageClasses).filter((name) => !guarded.has(name as MessageClass));
    const config = await load({ BUDGETS: off.map((name) => `${name}=off`).join(";") });
    const limits = createLimits(config, embeddedEngine());
    const { login, signup, reset, find, heartbeat, ownHeartbeat, join, open, read, write, frames, admin } = limits;
    const { look, probe, connect } = limits;
    expect([login, signup, reset].map((limit) => limit === undefined)).toEqual([false, false, false]);
    for (const limit of [find, heartbeat, ownHeartbeat, join, open, read, write, frames, admin, look, probe, connect]) {
      expect(limit).toBeUndefined();
    }
    expect(limits.request("coordinator")).toBeUndefined();
  });
});
