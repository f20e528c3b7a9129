import { expect, test } from "bun:test";
import { campaigns } from "./campaigns.ts";
import { besiege } from "./siege.ts";

// The short form: the same requests and messages every time. `npm run fuzz` is the long one.

const counts: Readonly<Record<string, number>> = { http: 2_000, sockets: 3_000, polling: 500 };

for (const [name, make] of Object.entries(campaigns)) {
  test(`${counts[name]} of ${name} do a server no harm`, async () => {
    const { findings, sent } = await besiege(make, { engine: "embedded", seed: 20_240_101, count: counts[name]! });
    expect(findings).toEqual([]);
    expect(sent).toBeGreaterThanOrEqual(counts[name]!);
  }, 120_000);
}
