import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { SessionRecord, SessionRequest } from "../../src/ports/session-records.ts";
import { aHost, aZone } from "../support/examples.ts";
import { expectTrueCounters } from "../support/recount.ts";
import type { MakeRecords, TestRecords } from "../support/records.ts";

/** Every sentence of the port's comment, run against one adapter. */
export function sessionRecordsContract(adapter: string, make: MakeRecords): void {
  describe(`session records on ${adapter}`, () => {
    let records: TestRecords;
    let names = 0;
    beforeEach(async () => {
      records = await make();
    });
    afterEach(async () => {
      await expectTrueCounters(records.store, records.tallies);
      await records.close();
    });

    const host = (hostId: string, more = {}, score = 100) =>
      records.hosts.register(aHost(hostId, more), () => score, records.clock.now());
    const zone = (zoneId: string, more = {}) => records.zones.create(zoneId, aZone(more), 0);
    const open = (more: Partial<SessionRequest> = {}) =>
      records.sessions.open(
        { publicId: `s-${names++}`, zoneId: "z", hostId: null, maxPlayers: 3, seenSince: 0, ...more },
        records.clock.now(),
      );
    const opened = async (more: Partial<SessionRequest> = {}): Promise<SessionRecord> => {
      const opening = await open(more);
      if (opening.outcome !== "opened") throw new Error(opening.outcome);
      return opening.session;
    };
    const outcomes = (steps: readonly ({ readonly outcome: string } | null)[]): string[] =>
      steps.map((step) => step?.outcome ?? "null").sort();

    describe("opening", () => {
      test("makes a PENDING session and takes a slot of its host", async () => {
        const { id: hostRow } = await host("h");
        const { id: zoneRow } = (await zone("z"))!;
        const session = await opened({ publicId: "session-1", hostId: "h" });
        expect(session).toEqual({
          id: 1,
          publicId: "session-1",
          host: hostRow,
          hostId: "h",
          zone: zoneRow,
          zoneId: "z",
          status: "PENDING",
          maxPlayers: 3,
          currentPlayers: 0,
          averageLatencyMs: 0,
          averagePacketLossPercent: 0,
          bandwidthUsageMbps: 0,
          qualityScore: null,
          createdAt: records.clock.now(),
        });
        expect(await records.sessions.find({ id: 1 })).toEqual(session);
        expect(await records.sessions.find({ publicId: "session-1" })).toEqual(session);
        expect((await records.hosts.find("h"))!.currentZones).toBe(1);
        expect((await opened({ hostId: "h", maxPlayers: null })).maxPlayers).toBe(100);
      });

      test("says which of the two is unknown", async () => {
        expect(await open({ hostId: "h" })).toEqual({ outcome: "no_such_zone" });
        await zone("z");
        expect(await open({ hostId: "h" })).toEqual({ outcome: "no_such_host" });
      });

      test("is refused where the zone is closed, and shows the zone", async () => {
        await host("h");
        for (const more of [{ status: "DISABLED" }, { status: "MAINTENANCE" }, { p2pEnabled: false }]) {
          const zoneId = JSON.stringify(more);
          await zone(zoneId, more);
          for (const hostId of ["h", null]) {
            expect(await open({ zoneId, hostId })).toMatchObject({ outcome: "zone_closed", zone: { zoneId } });
          }
        }
      });

      test("is refused by a host that does not fit, named or not, and takes no slot", async () => {
        await zone("z", { minHostQualityScore: 80, minBandwidthMbps: 100, maxLatencyMs: 50 });
        await host("poor", {}, 79.99);
        await host("thin", { networkSpeedMbps: 99 });
        await host("unsaid", { networkSpeedMbps: null });
        await host("slow");
        await records.hosts.beat("slow", { latencyMs: 50.1 }, () => 100, records.clock.now());
        await host("crowded", { maxPlayers: 1 });
        await records.hosts.beat("crowded", { currentPlayers: 1 }, () => 100, records.clock.now());
        await host("mended");
        await records.hosts.setMaintenance("mended", true);
        for (const hostId of ["poor", "thin", "unsaid", "slow", "crowded", "mended"]) {
          expect(await open({ hostId })).toMatchObject({
            outcome: "host_unfit",
            host: { hostId },
            zone: { zoneId: "z" },
          });
        }
        await host("silent");
        const seenSince = records.clock.now();
        expect(await open({ hostId: "silent", seenSince })).toMatchObject({ outcome: "host_unfit" });
        expect(await open({ seenSince })).toMatchObject({ outcome: "no_host_fits", zone: { zoneId: "z" } });
      });

      test("at the very limit of what a zone asks for, a host fits", async () => {
        await zone("z", { minHostQualityScore: 80, minBandwidthMbps: 100, maxLatencyMs: 50 });
        await host("h", { networkSpeedMbps: 100 }, 80);
        await records.hosts.beat("h", { latencyMs: 50 }, () => 80, records.clock.now());
        expect((await opened()).hostId).toBe("h");
      });

      test("without a host named picks by score, then free slots, then latency", async () => {
        await zone("z");
        await host("worse", { maxZones: 9 }, 98);
        await host("slower", { maxZones: 2 }, 99);
        await records.hosts.beat("slower", { latencyMs: 10 }, () => 99, records.clock.now());
        await host("best", { maxZones: 2 }, 99);
        const picked = [];
        for (let at = 0; at < 5; at++) picked.push((await opened()).hostId);
        // After the first, `slower` has more free slots; then they are level, and latency decides.
        expect(picked).toEqual(["best", "slower", "best", "slower", "worse"]);
      });

      test("many at once take exactly the slots there are, the best hosts first", async () => {
        await zone("z");
        await host("first", { maxZones: 5 }, 100);
        await host("second", { maxZones: 5 }, 90);
        await host("third", { maxZones: 5 }, 80);
        const openings = await Promise.all(Array.from({ length: 12 }, () => open()));
        const hosts = openings.map((opening) => (opening.outcome === "opened" ? opening.session.hostId : ""));
        const count = (name: string): number => hosts.filter((one) => one === name).length;
        expect([count("first"), count("second"), count("third")]).toEqual([5, 5, 2]);
        const rest = await Promise.all(Array.from({ length: 10 }, () => open()));
        expect(outcomes(rest)).toEqual([...Array(7).fill("no_host_fits"), ...Array(3).fill("opened")]);
      });

      test("many at once on one host take exactly its slots", async () => {
        await zone("z");
        await host("h", { maxZones: 3 });
        const openings = await Promise.all(Array.from({ length: 20 }, () => open({ hostId: "h" })));
        expect(openings.filter(({ outcome }) => outcome === "opened")).toHaveLength(3);
        expect(await records.hosts.find("h")).toMatchObject({ currentZones: 3, status: "BUSY" });
      });
    });

    describe("its life", () => {
      beforeEach(async () => {
        await zone("z");
        await host("h", { maxZones: 3 });
      });

      test("only a PENDING session is activated, and once", async () => {
        const { id } = await opened();
        const steps = await Promise.all(Array.from({ length: 10 }, () => records.sessions.activate({ id }, 0)));
        expect(outcomes(steps)).toEqual(["done", ...Array(9).fill("not_pending")]);
        expect((await records.zones.find("z"))!.activeSessions).toBe(1);
        await records.sessions.end({ id }, 0);
        expect(await records.sessions.activate({ id }, 0)).toMatchObject({ outcome: "not_pending" });
      });

      test("it ends once, PENDING or ACTIVE; its players leave and its slot is free", async () => {
        const pending = await opened();
        const active = await opened();
        await records.sessions.activate({ id: active.id }, 0);
        for (const { id } of [pending, active]) {
          await records.sessions.join({ id }, "p", 0);
          const ends = await Promise.all(Array.from({ length: 5 }, () => records.sessions.end({ id }, 0)));
          expect(outcomes(ends)).toEqual(["done", ...Array(4).fill("not_open")]);
          expect(await records.sessions.find({ id })).toMatchObject({ status: "ENDED", currentPlayers: 0 });
          expect(await records.sessions.players(id)).toEqual([]);
        }
        expect(await records.zones.find("z")).toMatchObject({ activeSessions: 0, totalPlayersServed: 2 });
        expect((await records.hosts.find("h"))!.currentZones).toBe(0);
      });

      test("metrics replace what they bring, while it is open", async () => {
        const { id } = await opened();
        await records.sessions.measure({ id }, { averageLatencyMs: 45.5, qualityScore: 95 });
        const step = await records.sessions.measure({ id }, { bandwidthUsageMbps: 75, averagePacketLossPercent: 0.2 });
        expect(step!.session).toMatchObject({
          averageLatencyMs: 45.5,
          averagePacketLossPercent: 0.2,
          bandwidthUsageMbps: 75,
          qualityScore: 95,
        });
        expect(await records.sessions.measure({ id }, {})).toMatchObject({ outcome: "done" });
        await records.sessions.end({ id }, 0);
        expect(await records.sessions.measure({ id }, { qualityScore: 1 })).toMatchObject({
          outcome: "not_open",
          session: { qualityScore: 95 },
        });
      });

      test("lists come newest first, by status, host and zone", async () => {
        await zone("other");
        const first = await opened();
        const second = await opened({ zoneId: "other" });
        const third = await opened();
        await records.sessions.activate({ id: second.id }, 0);
        const ids = async (filter = {}): Promise<readonly number[]> =>
          (await records.sessions.list({ limit: 10, offset: 0, ...filter })).map(({ id }) => id);
        expect(await ids()).toEqual([third.id, second.id, first.id]);
        expect(await ids({ limit: 1, offset: 1 })).toEqual([second.id]);
        expect(await ids({ status: "ACTIVE" })).toEqual([second.id]);
        expect(await ids({ zoneId: "z" })).toEqual([third.id, first.id]);
        expect(await ids({ hostId: "h", zoneId: "other", status: "ACTIVE" })).toEqual([second.id]);
        expect(await ids({ hostId: "nobody" })).toEqual([]);
      });
    });

    describe("players", () => {
      let id: number;
      beforeEach(async () => {
        await zone("z");
        await host("h");
        ({ id } = await opened({ maxPlayers: 50 }));
      });

      test("200 at once leave exactly as many as it holds", async () => {
        const joins = await Promise.all(
          Array.from({ length: 200 }, (_, at) => records.sessions.join({ id }, `p${at}`, at)),
        );
        expect(outcomes(joins)).toEqual([...Array(50).fill("done"), ...Array(150).fill("full")]);
        expect((await records.sessions.find({ id }))!.currentPlayers).toBe(50);
        expect(await records.sessions.players(id)).toHaveLength(50);
        expect((await records.zones.find("z"))!.totalPlayersServed).toBe(50);
      });

      test("one who joins many times at once is there once", async () => {
        const joins = await Promise.all(Array.from({ length: 20 }, () => records.sessions.join({ id }, "p", 0)));
        expect(outcomes(joins)).toEqual(Array(20).fill("done"));
        expect((await records.sessions.find({ id }))!.currentPlayers).toBe(1);
      });

      test("one who comes back is served once, and stands behind those who stayed", async () => {
        await records.sessions.join({ id }, "a", 1);
        await records.sessions.join({ id }, "b", 2);
        expect(await records.sessions.leave({ id }, "a", 3)).toMatchObject({
          outcome: "done",
          session: { currentPlayers: 1 },
        });
        await records.sessions.join({ id }, "a", 3);
        expect(await records.sessions.players(id)).toEqual(["b", "a"]);
        expect((await records.zones.find("z"))!.totalPlayersServed).toBe(2);
      });

      test("joins and leaves at once add up", async () => {
        for (let at = 0; at < 50; at++) await records.sessions.join({ id }, `p${at}`, at);
        await Promise.all(
          Array.from({ length: 100 }, (_, at) =>
            at % 2 === 0
              ? records.sessions.leave({ id }, `p${at / 2}`, at)
              : records.sessions.join({ id }, `q${at}`, at),
          ),
        );
        const { currentPlayers } = (await records.sessions.find({ id }))!;
        expect(await records.sessions.players(id)).toHaveLength(currentPlayers);
        expect(currentPlayers).toBeLessThanOrEqual(50);
      });

      test("one who is not there cannot leave, and nobody joins a session that is over", async () => {
        expect(await records.sessions.leave({ id }, "p", 0)).toMatchObject({ outcome: "not_there" });
        await records.sessions.join({ id }, "p", 0);
        await records.sessions.end({ id }, 0);
        expect(await records.sessions.leave({ id }, "p", 0)).toMatchObject({ outcome: "not_there" });
        expect(await records.sessions.join({ id }, "p", 0)).toMatchObject({ outcome: "not_open" });
      });
    });

    describe("abandoned ones", () => {
      const at = (ms: number): Promise<readonly string[]> =>
        records.sessions.endAbandoned(ms, records.clock.now(), 100);
      const status = async (publicId: string): Promise<string> => (await records.sessions.find({ publicId }))!.status;
      beforeEach(async () => {
        await zone("z");
        await host("h", { maxZones: 2 });
      });

      test("are FAILED, and their host takes others again", async () => {
        const { publicId, createdAt } = await opened();
        await records.clock.advance(1);
        const other = await opened();
        expect((await records.hosts.find("h"))!.status).toBe("BUSY");
        expect(await at(createdAt - 1)).toEqual([]);
        expect(await at(createdAt)).toEqual([publicId]);
        expect(await at(createdAt)).toEqual([]);
        expect(await records.hosts.find("h")).toMatchObject({ status: "ONLINE", currentZones: 1 });
        expect([await status(publicId), await status(other.publicId)]).toEqual(["FAILED", "PENDING"]);
        expect(await records.operator.sessionTimes(1)).toMatchObject({ endedAt: records.clock.now() });
        for (const step of [
          records.sessions.join({ publicId }, "p", 0),
          records.sessions.end({ publicId }, 0),
          records.sessions.measure({ publicId }, { qualityScore: 1 }),
        ]) {
          expect((await step)!.outcome).toBe("not_open");
        }
        expect((await records.sessions.activate({ publicId }, 0))!.outcome).toBe("not_pending");
        expect(await records.retention.sessions({ before: records.clock.now(), limit: 9 })).toBe(1);
      });

      test("are those alone that are PENDING and in which nobody is, since the last player left", async () => {
        const [active, used] = [await opened(), await opened()];
        await records.sessions.activate({ id: active.id }, 0);
        const opening = records.clock.now();
        for (const player of ["a", "b"]) await records.sessions.join({ id: used.id }, player, opening);
        expect(await at(opening + 1_000)).toEqual([]);
        await records.sessions.leave({ id: used.id }, "a", opening + 10);
        expect(await at(opening + 1_000)).toEqual([]);
        await records.sessions.leave({ id: used.id }, "b", opening + 20);
        expect(await at(opening + 19)).toEqual([]);
        await records.sessions.join({ id: used.id }, "a", opening + 30);
        expect(await at(opening + 1_000)).toEqual([]);
        await records.sessions.leave({ id: used.id }, "a", opening + 40);
        expect(await at(opening + 39)).toEqual([]);
        expect(await at(opening + 40)).toEqual([used.publicId]);
        expect(await status(active.publicId)).toBe("ACTIVE");
        expect((await records.zones.find("z"))!.activeSessions).toBe(1);
      });

      test("are those, too, that somebody who was in them is forgotten of", async () => {
        const { id, publicId, createdAt } = await opened();
        await records.sessions.join({ id }, "p", createdAt);
        await records.persons.player("p", createdAt + 5);
        expect(await at(createdAt + 4)).toEqual([]);
        expect(await at(createdAt + 5)).toEqual([publicId]);
      });

      test("go a bite at a time, those first that have been empty longest, whoever runs them", async () => {
        for (const hostId of ["a", "b", "c"]) await host(hostId, { maxZones: 4 });
        const names: string[] = [];
        for (let n = 0; n < 12; n++) {
          await records.clock.advance(1);
          names.push((await opened({ hostId: ["a", "b", "c"][n % 3]! })).publicId);
        }
        const bite = (): Promise<readonly string[]> =>
          records.sessions.endAbandoned(records.clock.now(), records.clock.now(), 5);
        expect([...(await bite())].sort()).toEqual(names.slice(0, 5).sort());
        const zones = async (): Promise<readonly number[]> =>
          Promise.all(["a", "b", "c"].map(async (hostId) => (await records.hosts.find(hostId))!.currentZones));
        expect(await zones()).toEqual([2, 2, 3]);
        await bite();
        await bite();
        expect(await zones()).toEqual([0, 0, 0]);
      });

      test("are each ended by one, and whoever comes at that moment is in an open session or in none", async () => {
        await host("wide", { maxZones: 60 }, 100);
        const sessions = await Promise.all(Array.from({ length: 60 }, () => opened({ hostId: "wide" })));
        const now = records.clock.now();
        const sweep = (): Promise<readonly string[]> => records.sessions.endAbandoned(now, now, 20);
        const [sweeps, joins, activations] = await Promise.all([
          Promise.all(Array.from({ length: 8 }, sweep)),
          Promise.all(sessions.filter((_, n) => n % 3 === 0).map(({ id }) => records.sessions.join({ id }, "p", now))),
          Promise.all(sessions.filter((_, n) => n % 3 === 1).map(({ id }) => records.sessions.activate({ id }, now))),
        ]);
        const ended = sweeps.flat();
        for (let more: readonly string[] = [""]; more.length > 0; ended.push(...more)) more = await sweep();
        expect(ended).toHaveLength(new Set(ended).size);
        for (const { outcome, session } of [...joins, ...activations].map((step) => step!)) {
          expect(ended.includes(session.publicId)).toBe(outcome !== "done");
        }
        const met = [...joins, ...activations].filter((step) => step!.outcome === "done");
        expect(ended).toHaveLength(60 - met.length);
        for (const { publicId } of sessions) {
          const { status, currentPlayers } = (await records.sessions.find({ publicId }))!;
          expect(status === "FAILED").toBe(ended.includes(publicId));
          if (status === "FAILED") expect(currentPlayers).toBe(0);
        }
        expect((await records.hosts.find("wide"))!.currentZones).toBe(met.length);
      });

      test("that a node of an older version opened are as old as they are", async () => {
        const { id, publicId, createdAt } = await opened();
        await records.store.transact((db) =>
          db.updateTable("sessions").set({ empty_since: 0 }).where("id", "=", id).execute(),
        );
        expect(await at(createdAt - 1)).toEqual([]);
        expect(await at(createdAt)).toEqual([publicId]);
      });
    });

    test("an unknown session is null, never an error", async () => {
      for (const ref of [{ id: 77 }, { publicId: "nothing" }]) {
        expect(await records.sessions.find(ref)).toBeNull();
        expect(await records.sessions.activate(ref, 0)).toBeNull();
        expect(await records.sessions.end(ref, 0)).toBeNull();
        expect(await records.sessions.measure(ref, { qualityScore: 1 })).toBeNull();
        expect(await records.sessions.join(ref, "p", 0)).toBeNull();
        expect(await records.sessions.leave(ref, "p", 0)).toBeNull();
      }
      expect(await records.sessions.players(77)).toEqual([]);
    });
  });
}
