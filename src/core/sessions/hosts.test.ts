import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { aHost, aZone } from "../../../test/support/examples.ts";
import { sqliteRecords, type TestRecords } from "../../../test/support/records.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
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

  test("are not taken for silent while there was no store to write their beats to", async () => {
    let away = false;
    const steps = { ...records.hosts };
    const failing = new Proxy(steps, {
      get: (target, verb: keyof typeof steps) =>
        away ? () => Promise.reject(new StoreUnavailable(new Error("away"))) : target[verb],
    });
    const node = new Hosts({ records: failing, clock: records.clock, silenceMs: SILENCE_MS });
    await node.register(aHost("h"));
    await records.clock.advance(SILENCE_MS - 1);
    away = true;
    await expect(node.beat("h", {})).rejects.toBeInstanceOf(StoreUnavailable);
    await records.clock.advance(10 * SILENCE_MS);
    await expect(node.sweep()).rejects.toBeInstanceOf(StoreUnavailable);
    away = false;
    expect(await node.sweep()).toBe(0);
    await records.clock.advance(SILENCE_MS - 1);
    await node.beat("h", {});
    await records.clock.advance(1);
    expect(await node.sweep()).toBe(0);
    expect(await status("h")).toBe("ONLINE");
  });

  test("that report more players than they have places are BUSY and alive", async () => {
    await hosts.register(aHost("h", { maxPlayers: 10 }));
    expect(await hosts.beat("h", { currentPlayers: 12 })).toBe(94);
    expect(await status("h")).toBe("BUSY");
    await expect(hosts.register(aHost("h", { maxPlayers: 9 }))).rejects.toThrow("max_players");
    // One that starts again at once says the same as before.
    for (const maxPlayers of [10, 11]) {
      expect(await hosts.register(aHost("h", { maxPlayers }))).toMatchObject({ status: "BUSY", currentPlayers: 12 });
    }
    await records.clock.advance(SILENCE_MS);
    await hosts.sweep();
    expect(await hosts.register(aHost("h", { maxPlayers: 10 }))).toMatchObject({ status: "ONLINE", currentPlayers: 0 });
  });

  test("tell which sessions ended with them", async () => {
    const ended: string[] = [];
    const told = new Hosts({
      records: records.hosts,
      clock: records.clock,
      silenceMs: SILENCE_MS,
      onEnded: (publicIds) => ended.push(...publicIds),
    });
    await records.zones.create("z", aZone(), 0);
    await told.register(aHost("leaver"));
    await told.register(aHost("sleeper"));
    for (const hostId of ["leaver", "sleeper"]) {
      const request = { publicId: `session-${hostId}`, hostId, zoneId: "z", maxPlayers: null, seenSince: 0 };
      await records.sessions.open(request, records.clock.now());
    }
    await told.unregister("leaver");
    expect(ended).toEqual(["session-leaver"]);
    await records.clock.advance(SILENCE_MS);
    await told.sweep();
    expect(ended).toEqual(["session-leaver", "session-sleeper"]);
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
    expect(await hosts.beat("h", beat)).toBe(98.5);
    // Twice the places: the same players weigh half as much.
    expect((await hosts.register(aHost("h", { maxPlayers: 100 }))).qualityScore).toBe(99);
  });
});
