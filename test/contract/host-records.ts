import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { HostRecord, Score } from "../../src/ports/host-records.ts";
import { aHost, aZone } from "../support/examples.ts";
import { expectTrueCounters } from "../support/recount.ts";
import type { MakeRecords, TestRecords } from "../support/records.ts";

/** Every sentence of the port's comment, run against one adapter. */
export function hostRecordsContract(adapter: string, make: MakeRecords): void {
  describe(`host records on ${adapter}`, () => {
    let records: TestRecords;
    beforeEach(async () => {
      records = await make();
    });
    afterEach(() => records.close());

    const fixed =
      (score: number): (() => number) =>
      () =>
        score;
    const register = (hostId: string, score = 100, more = {}): Promise<HostRecord> =>
      records.hosts.register(aHost(hostId, more), fixed(score), records.clock.now());
    const ids = async (filter = {}): Promise<readonly string[]> => {
      const page = { limit: 100, offset: 0, ...filter };
      const whole = await records.hosts.list(page);
      const short = whole.map(({ id, hostId, status, qualityScore }) => ({ id, hostId, status, qualityScore }));
      expect(await records.hosts.summaries(page)).toEqual(short);
      return whole.map(({ hostId }) => hostId);
    };
    const session = async (hostId: string, zoneId = "z"): Promise<number> => {
      const request = { publicId: `of-${hostId}-${zoneId}`, zoneId, hostId, maxPlayers: null, seenSince: 0 };
      const opening = await records.sessions.open(request, records.clock.now());
      if (opening.outcome !== "opened") throw new Error(opening.outcome);
      return opening.session.id;
    };

    test("a host is kept exactly as it registered, with nothing measured", async () => {
      const more = {
        playerName: 'Ünï "quoted" \'; -- 😀',
        iceServers: [{ urls: ["stun:a", "turn:b"], username: "\u0000" }],
      };
      const host = await register("a/b", 98.35, more);
      expect(host).toEqual({
        ...aHost("a/b", more),
        id: 1,
        status: "ONLINE",
        qualityScore: 98.35,
        latencyMs: 0,
        packetLossPercent: 0,
        bandwidthUsageMbps: 0,
        currentPlayers: 0,
        currentZones: 0,
        createdAt: records.clock.now(),
        lastSeenAt: records.clock.now(),
      });
      expect(await records.hosts.find("a/b")).toEqual(host);
    });

    test("what a host did not say is null", async () => {
      const unsaid = { publicIp: null, cpuCores: null, cpuFrequencyMhz: null, memoryMb: null, networkSpeedMbps: null };
      expect(await register("a", 100, unsaid)).toMatchObject(unsaid);
    });

    test("registering again keeps id, birth, metrics and maintenance, and shows the score what was there", async () => {
      const first = await register("a");
      await records.hosts.beat("a", { latencyMs: 12.5, currentPlayers: 3 }, fixed(97), records.clock.now());
      await records.hosts.setMaintenance("a", true);
      await records.clock.advance(5_000);
      const seen: unknown[] = [];
      const score: Score = (host, before) => {
        seen.push(host.latencyMs, host.playerName, before?.playerName, before?.status);
        return 91;
      };
      const again = await records.hosts.register(aHost("a", { playerName: "Two" }), score, records.clock.now());
      expect(seen.slice(-4)).toEqual([12.5, "Two", "PlayerOne", "MAINTENANCE"]);
      expect(again).toMatchObject({
        id: first.id,
        createdAt: first.createdAt,
        lastSeenAt: records.clock.now(),
        playerName: "Two",
        latencyMs: 12.5,
        currentPlayers: 3,
        qualityScore: 91,
        status: "MAINTENANCE",
      });
    });

    test("a silent host that registers again starts anew: nothing is measured, maintenance stays", async () => {
      for (const [hostId, status] of [
        ["gone", "ONLINE"],
        ["kept away", "MAINTENANCE"],
      ] as const) {
        await register(hostId);
        const bad = { latencyMs: 250, packetLossPercent: 8, bandwidthUsageMbps: 900, currentPlayers: 50 };
        await records.hosts.beat(hostId, bad, fixed(15), records.clock.now());
        if (status === "MAINTENANCE") await records.hosts.setMaintenance(hostId, true);
        await records.clock.advance(1_000);
        await records.hosts.endSilent(records.clock.now(), records.clock.now(), 10);
        const score: Score = (host) => (host.latencyMs + host.currentPlayers === 0 ? 100 : 1);
        const again = await records.hosts.register(aHost(hostId), score, records.clock.now());
        const nothing = { latencyMs: 0, packetLossPercent: 0, bandwidthUsageMbps: 0, currentPlayers: 0 };
        expect(again).toMatchObject({ ...nothing, status, qualityScore: 100 });
        expect(await records.hosts.find(hostId)).toEqual(again);
      }
      await expectTrueCounters(records.store, records.tallies);
    });

    test("fifty who register one id at once make one host", async () => {
      const hosts = await Promise.all(Array.from({ length: 50 }, () => register("a")));
      expect(new Set(hosts.map(({ id }) => id)).size).toBe(1);
      expect((await records.tallies.read()).hosts.total).toBe(1);
    });

    test("what score throws comes out, and nothing is written", async () => {
      await register("a");
      const refuse = (): never => {
        throw new RangeError("no");
      };
      const now = records.clock.now();
      const given = { currentPlayers: 9 };
      await expect(records.hosts.beat("a", given, refuse, now)).rejects.toThrow(RangeError);
      await expect(records.hosts.register(aHost("a", { port: 9 }), refuse, now)).rejects.toThrow(RangeError);
      await expect(records.hosts.register(aHost("b"), refuse, now)).rejects.toThrow(RangeError);
      expect(await records.hosts.find("a")).toMatchObject({ currentPlayers: 0, port: 8080 });
      expect(await records.hosts.find("b")).toBeNull();
    });

    test("one caller's failure does not touch those beside it", async () => {
      const refuse: Score = () => {
        throw new RangeError("no");
      };
      const many = Array.from({ length: 30 }, (_, at) =>
        records.hosts.register(aHost(`h${at}`), at % 3 === 0 ? refuse : fixed(100), records.clock.now()),
      );
      const outcomes = (await Promise.allSettled(many)).map(({ status }) => status);
      expect(outcomes.filter((one) => one === "rejected")).toHaveLength(10);
      expect(await ids()).toHaveLength(20);
      await expectTrueCounters(records.store, records.tallies);
    });

    test("a beat replaces what it brings, and a late one does not turn time back", async () => {
      await register("a");
      await records.hosts.beat("a", { latencyMs: 5, currentPlayers: 2 }, fixed(99), records.clock.now() + 1_000);
      expect(await records.hosts.beat("a", { packetLossPercent: 0.5 }, fixed(97.5), records.clock.now())).toBe(97.5);
      expect(await records.hosts.find("a")).toMatchObject({
        latencyMs: 5,
        packetLossPercent: 0.5,
        currentPlayers: 2,
        qualityScore: 97.5,
        lastSeenAt: records.clock.now() + 1_000,
      });
    });

    test("a host without a free zone slot, or without a place for players, is BUSY until it has one", async () => {
      await records.zones.create("z", aZone(), 0);
      await register("slots", 100, { maxZones: 1 });
      await register("places", 100, { maxPlayers: 10 });
      const id = await session("slots");
      await records.hosts.beat("places", { currentPlayers: 10 }, fixed(95), records.clock.now());
      expect(await ids({ status: "BUSY" })).toEqual(["slots", "places"]);
      await records.sessions.end({ id }, records.clock.now());
      await records.hosts.beat("places", { currentPlayers: 9 }, fixed(95), records.clock.now());
      expect(await ids({ status: "ONLINE" })).toEqual(["slots", "places"]);
    });

    test("maintenance is set and taken back by hand, and outweighs everything else", async () => {
      await register("a", 100, { maxZones: 1 });
      expect((await records.hosts.setMaintenance("a", true))!.status).toBe("MAINTENANCE");
      await records.hosts.beat("a", {}, fixed(100), records.clock.now());
      expect((await records.hosts.find("a"))!.status).toBe("MAINTENANCE");
      await records.hosts.endSilent(records.clock.now(), records.clock.now(), 10);
      expect((await records.hosts.find("a"))!.status).toBe("MAINTENANCE");
      expect((await records.hosts.setMaintenance("a", false))!.status).toBe("OFFLINE");
    });

    test("lists come best first: by quality, then free slots, then latency, then age", async () => {
      await register("old", 90);
      await register("slow", 90);
      await records.hosts.beat("slow", { latencyMs: 20 }, fixed(90), records.clock.now());
      await register("young", 90);
      await register("roomy", 90, { maxZones: 9 });
      await register("best", 99.5);
      await register("worst", 10);
      expect(await ids()).toEqual(["best", "roomy", "old", "young", "slow", "worst"]);
      expect(await ids({ limit: 2, offset: 1 })).toEqual(["roomy", "old"]);
      expect(await ids({ minQualityScore: 90 })).toHaveLength(5);
      expect(await ids({ minQualityScore: 90.01 })).toEqual(["best"]);
      expect(await ids({ status: "OFFLINE" })).toEqual([]);
      expect(await ids({ status: "ONLINE", minQualityScore: 99.5 })).toEqual(["best"]);
    });

    test("hosts of every status stand in one order, cut into pages anywhere", async () => {
      for (let n = 0; n < 12; n++)
        await register(`h${n}`, 100 - (n % 2) * 10, { maxPlayers: 1, maxZones: 1 + (n % 3) });
      for (const n of [1, 5, 10]) await records.hosts.setMaintenance(`h${n}`, true);
      for (const n of [2, 6, 7]) await records.hosts.beat(`h${n}`, { currentPlayers: 1 }, fixed(100 - (n % 2) * 10), 0);
      await records.clock.advance(1);
      const heard = ["h0", "h1", "h3", "h5", "h7", "h11"];
      for (const [at, host] of heard.entries()) {
        await records.hosts.beat(host, { latencyMs: 10 - (at % 3) }, fixed(90), records.clock.now());
      }
      await records.hosts.endSilent(records.clock.now() - 1, records.clock.now(), 100);

      const all = await records.hosts.list({ limit: 100, offset: 0 });
      expect(new Set(all.map(({ status }) => status)).size).toBe(4);
      const free = ({ maxZones, currentZones }: (typeof all)[number]): number => maxZones - currentZones;
      const ranked = all.toSorted(
        (one, other) =>
          other.qualityScore - one.qualityScore ||
          free(other) - free(one) ||
          one.latencyMs - other.latencyMs ||
          one.id - other.id,
      );
      expect(all).toEqual(ranked);
      const order = all.map(({ hostId }) => hostId);
      for (let offset = 0; offset <= 12; offset++) {
        expect(await ids({ limit: 3, offset })).toEqual(order.slice(offset, offset + 3));
      }
      const good = all.filter(({ qualityScore }) => qualityScore >= 95).map(({ hostId }) => hostId);
      expect(await ids({ minQualityScore: 95 })).toEqual(good);
      expect(await ids({ minQualityScore: 95, limit: 2, offset: 1 })).toEqual(good.slice(1, 3));
    });

    test("silent hosts are OFFLINE, their open sessions FAILED, and a beat brings them back", async () => {
      await records.zones.create("z", aZone(), 0);
      await register("silent");
      const id = await session("silent");
      await records.sessions.activate({ id }, 0);
      await records.sessions.join({ id }, "p", 0);
      const silentAt = records.clock.now();
      await records.clock.advance(1);
      await register("heard");
      expect(await records.hosts.endSilent(silentAt - 1, records.clock.now(), 10)).toEqual({ hosts: 0, sessions: [] });
      const swept = await records.hosts.endSilent(silentAt, records.clock.now(), 10);
      const { publicId } = (await records.sessions.find({ id }))!;
      expect(swept).toEqual({ hosts: 1, sessions: [publicId] });
      expect(await records.hosts.endSilent(silentAt, records.clock.now(), 10)).toEqual({ hosts: 0, sessions: [] });
      expect(await records.hosts.find("silent")).toMatchObject({ status: "OFFLINE", currentZones: 0 });
      expect(await records.hosts.find("heard")).toMatchObject({ status: "ONLINE" });
      expect(await records.sessions.find({ id })).toMatchObject({ status: "FAILED", currentPlayers: 0 });
      expect(await records.sessions.players(id)).toEqual([]);
      await expectTrueCounters(records.store, records.tallies);
      await records.hosts.beat("silent", {}, fixed(100), records.clock.now());
      expect(await records.hosts.find("silent")).toMatchObject({ status: "ONLINE" });
    });

    test("any number may sweep at once: each silent host is counted once, a bite at a time", async () => {
      for (let at = 0; at < 25; at++) await register(`h${at}`);
      const now = records.clock.now();
      const sweeps = await Promise.all(Array.from({ length: 8 }, () => records.hosts.endSilent(now, now, 5)));
      for (const swept of sweeps) expect(swept.hosts).toBeLessThanOrEqual(5);
      let total = sweeps.reduce((sum, swept) => sum + swept.hosts, 0);
      for (let more = 1; more > 0; total += more) more = (await records.hosts.endSilent(now, now, 5)).hosts;
      expect(total).toBe(25);
      expect((await records.tallies.read()).hosts).toMatchObject({ total: 25, online: 0 });
    });

    test("removing a host ends its sessions, which outlive it; its number is never given again", async () => {
      await records.zones.create("z", aZone(), 0);
      const { id: number } = await register("a");
      const id = await session("a");
      await records.sessions.join({ id }, "p", 0);
      const { publicId } = (await records.sessions.find({ id }))!;
      expect(await records.hosts.remove("a", records.clock.now())).toEqual([publicId]);
      expect(await records.hosts.remove("a", records.clock.now())).toBeNull();
      expect(await records.hosts.find("a")).toBeNull();
      expect(await records.sessions.find({ id })).toMatchObject({ status: "ENDED", host: number, hostId: "a" });
      expect((await register("a")).id).toBeGreaterThan(number);
      await expectTrueCounters(records.store, records.tallies);
    });

    test("an unknown host is null or false, never an error", async () => {
      expect(await records.hosts.find("nobody")).toBeNull();
      expect(await records.hosts.beat("nobody", {}, fixed(1), 0)).toBeNull();
      expect(await records.hosts.setMaintenance("nobody", true)).toBeNull();
      expect(await records.hosts.remove("nobody", 0)).toBeNull();
    });
  });
}
