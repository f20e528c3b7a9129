import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { aHost, aZone } from "../support/examples.ts";
import type { MakeRecords, TestRecords } from "../support/records.ts";

/** Every sentence of the port's comment, run against one adapter. */
export function zoneRecordsContract(adapter: string, make: MakeRecords): void {
  describe(`zone records on ${adapter}`, () => {
    let records: TestRecords;
    beforeEach(async () => {
      records = await make();
    });
    afterEach(() => records.close());
    const allow = (): void => undefined;

    test("a zone is kept exactly as it was created", async () => {
      const settings = aZone({
        minHostQualityScore: 80.5,
        minBandwidthMbps: 99.5,
        maxLatencyMs: 50,
        p2pEnabled: false,
      });
      const zone = await records.zones.create("prontera", settings, 1_234);
      expect(zone).toEqual({
        ...settings,
        id: 1,
        zoneId: "prontera",
        activeSessions: 0,
        totalPlayersServed: 0,
        createdAt: 1_234,
      });
      expect(await records.zones.find("prontera")).toEqual(zone);
    });

    test("of many who create one id at once, one does", async () => {
      const zones = await Promise.all(Array.from({ length: 30 }, () => records.zones.create("z", aZone(), 0)));
      expect(zones.filter((zone) => zone !== null)).toHaveLength(1);
    });

    test("an update changes what it names and leaves the rest", async () => {
      const zone = (await records.zones.create("z", aZone({ maxLatencyMs: 50 }), 0))!;
      const changes = { p2pEnabled: false, status: "MAINTENANCE", maxLatencyMs: null, zoneName: undefined } as const;
      const changed = await records.zones.update("z", changes, allow);
      expect(changed).toEqual({ ...zone, p2pEnabled: false, status: "MAINTENANCE", maxLatencyMs: null });
      expect(await records.zones.update("z", {}, allow)).toEqual(changed);
    });

    test("the check sees the fullest open session, and what it throws cancels the update", async () => {
      await records.zones.create("z", aZone(), 0);
      await records.hosts.register(aHost("h"), () => 100, 0);
      const joined = [];
      for (const [publicId, players] of [
        ["few", 1],
        ["most", 3],
        ["over", 5],
      ] as const) {
        await records.sessions.open({ publicId, zoneId: "z", hostId: "h", maxPlayers: 9, seenSince: -1 }, 0);
        for (let at = 0; at < players; at++) joined.push(await records.sessions.join({ publicId }, `p${at}`, 0));
      }
      expect(joined).toHaveLength(9);
      await records.sessions.end({ publicId: "over" }, 0);
      let most = 0;
      const refuse = (_zone: unknown, mostPlayers: number): void => {
        most = mostPlayers;
        throw new RangeError("no");
      };
      await expect(records.zones.update("z", { maxPlayers: 2 }, refuse)).rejects.toThrow(RangeError);
      expect(most).toBe(3);
      expect((await records.zones.find("z"))!.maxPlayers).toBe(100);
    });

    test("lists come by priority, then by name in the order of code points", async () => {
      for (const [id, zoneName, p2pPriority] of [
        ["1", "b", 1],
        ["2", "a", 1],
        ["3", "Z", 1],
        ["4", "é", 1],
        ["5", "x", 9],
      ] as const) {
        await records.zones.create(id, aZone({ zoneName, p2pPriority }), 0);
      }
      await records.zones.update("2", { p2pEnabled: false, status: "DISABLED" }, allow);
      const ids = async (filter = {}): Promise<string> =>
        (await records.zones.list({ limit: 10, offset: 0, ...filter })).map(({ zoneId }) => zoneId).join("");
      expect(await ids()).toBe("53214");
      expect(await ids({ limit: 2, offset: 1 })).toBe("32");
      expect(await ids({ p2pEnabled: true })).toBe("5314");
      expect(await ids({ p2pEnabled: false })).toBe("2");
      expect(await ids({ status: "DISABLED" })).toBe("2");
      expect(await ids({ status: "ENABLED", p2pEnabled: false })).toBe("");
    });

    test("an unknown zone is null, never an error", async () => {
      expect(await records.zones.find("nowhere")).toBeNull();
      expect(await records.zones.update("nowhere", {}, allow)).toBeNull();
    });
  });
}
