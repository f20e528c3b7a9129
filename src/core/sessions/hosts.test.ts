import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { aHost, aZone } from "../../../test/support/examples.ts";
import { sqliteRecords, type TestRecords } from "../../../test/support/records.ts";
import { Hosts } from "./hosts.ts";

const SILENCE_MS = 60_000;

describe("hosts of the coordinator", () => {
  let records: TestRecords;
  let hosts: Hosts;
  beforeEach(async () => {
    records = await sqliteRecords();
    hosts = new Hosts({ records: records.hosts, clock: records.clock, silenceMs: SILENCE_MS });
  });
  afterEach(() => records.close());

  const status = async (hostId: string): Promise<string> => (await hosts.get(hostId)).status;

  test("are OFFLINE after 60 s of silence, not before", async () => {
    await hosts.register(aHost("h"));
    await records.clock.advance(SILENCE_MS - 1);
    expect(await hosts.sweep()).toBe(0);
    expect(await status("h")).toBe("ONLINE");
    await records.clock.advance(1);
    expect(await hosts.sweep()).toBe(1);
    expect(await status("h")).toBe("OFFLINE");
    await hosts.beat("h", {});
    expect(await status("h")).toBe("ONLINE");
  });

  test("that beat in time stay ONLINE", async () => {
    await hosts.register(aHost("h"));
    for (let beat = 0; beat < 5; beat++) {
      await records.clock.advance(SILENCE_MS - 1);
      await hosts.beat("h", {});
      expect(await hosts.sweep()).toBe(0);
    }
    expect(await status("h")).toBe("ONLINE");
  });

  test("get their time to find a node that has just started", async () => {
    await hosts.register(aHost("h"));
    // Nobody listened for an hour.
    await records.clock.advance(3_600_000);
    const restarted = new Hosts({ records: records.hosts, clock: records.clock, silenceMs: SILENCE_MS });
    expect(await restarted.sweep()).toBe(0);
    await records.clock.advance(SILENCE_MS - 1);
    expect(await restarted.sweep()).toBe(0);
    await records.clock.advance(1);
    expect(await restarted.sweep()).toBe(1);
  });

  test("more silent ones than one step takes are all swept", async () => {
    const many = Array.from({ length: 1_203 }, (_, at) => hosts.register(aHost(`h${at}`)));
    await Promise.all(many);
    await records.clock.advance(SILENCE_MS);
    expect(await hosts.sweep()).toBe(1_203);
    expect((await records.tallies.read()).hosts).toMatchObject({ total: 1_203, online: 0 });
  });

  test("a name that no store can keep is nobody's", async () => {
    for (const name of ["", "a\u0000", "\ud800", "x".repeat(10_240)]) {
      await expect(hosts.get(name)).rejects.toThrow("Host not found");
      await expect(hosts.beat(name, {})).rejects.toThrow("Host not found");
      await expect(hosts.setMaintenance(name, true)).rejects.toThrow("Host not found");
      await expect(hosts.unregister(name)).rejects.toThrow("Host not found");
    }
  });

  test("the score follows what is registered and what is measured", async () => {
    await records.zones.create("z", aZone(), 0);
    expect((await hosts.register(aHost("h"))).qualityScore).toBe(100);
    const beat = { latencyMs: 25.5, packetLossPercent: 0.1, bandwidthUsageMbps: 50, currentPlayers: 10 };
    expect((await hosts.beat("h", beat)).qualityScore).toBe(98.5);
    // Twice the places: the same players weigh half as much.
    expect((await hosts.register(aHost("h", { maxPlayers: 100 }))).qualityScore).toBe(99);
  });
});
