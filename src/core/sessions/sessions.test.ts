import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { aHost, aZone } from "../../../test/support/examples.ts";
import { sqliteRecords, type TestRecords } from "../../../test/support/records.ts";
import { createSessionRecords } from "../../adapters/sql/sessions.ts";
import { systemRandom } from "../../adapters/system/random.ts";
import { Sessions, type SessionsOptions } from "./sessions.ts";

const PENDING_MS = 15 * 60_000;

describe("sessions that nobody comes to", () => {
  let records: TestRecords;
  let ended: string[];
  beforeEach(async () => {
    records = await sqliteRecords();
    ended = [];
    await records.zones.create("z", aZone(), 0);
    await records.hosts.register(aHost("h"), () => 100, records.clock.now());
  });
  afterEach(() => records.close());

  const sessionsWith = (more: Partial<SessionsOptions> = {}): Sessions =>
    new Sessions({
      records: records.sessions,
      clock: records.clock,
      random: systemRandom,
      silentSince: () => -1,
      pendingMs: PENDING_MS,
      hasListened: () => true,
      onEnded: (publicId) => ended.push(publicId),
      ...more,
    });
  const host = () => records.hosts.find("h");

  test("take a host's slots for their time and no longer, and whoever asks is told that they ended", async () => {
    const sessions = sessionsWith();
    const opened = [];
    for (let at = 0; at < 5; at++) opened.push((await sessions.open({ zoneId: "z", hostId: "h" })).publicId);
    expect(await host()).toMatchObject({ status: "BUSY", currentPlayers: 0 });
    await records.clock.advance(PENDING_MS - 1);
    expect(await sessions.sweep()).toBe(0);
    await records.clock.advance(1);
    expect(await sessions.sweep()).toBe(5);
    expect(ended.sort()).toEqual(opened.sort());
    expect(await host()).toMatchObject({ status: "ONLINE", currentZones: 0 });
    expect((await sessions.get(opened[0]!)).status).toBe("FAILED");
    await expect(sessions.join(opened[0]!, "p")).rejects.toThrow("is over: its status is FAILED");
    expect(await sessions.exists(opened[0]!)).toBe(false);
    expect((await sessions.open({ zoneId: "z", hostId: "h" })).hostId).toBe("h");
  });

  test("are not those that are active, or in which a player is or was until lately", async () => {
    const sessions = sessionsWith();
    const [active, played, left] = [
      (await sessions.open({ zoneId: "z" })).publicId,
      (await sessions.open({ zoneId: "z" })).publicId,
      (await sessions.open({ zoneId: "z" })).publicId,
    ];
    await sessions.activate(active);
    await sessions.join(played, "p");
    await sessions.join(left, "p");
    await records.clock.advance(10 * PENDING_MS);
    await sessions.leave(left, "p");
    await records.clock.advance(PENDING_MS - 1);
    expect(await sessions.sweep()).toBe(0);
    await records.clock.advance(1);
    expect(await sessions.sweep()).toBe(1);
    expect(ended).toEqual([left]);
  });

  test("more of them than one step takes all end", async () => {
    await records.hosts.register(aHost("wide", { maxZones: 1_000 }), () => 100, records.clock.now());
    const sessions = sessionsWith();
    await Promise.all(Array.from({ length: 403 }, () => sessions.open({ zoneId: "z", hostId: "wide" })));
    await records.clock.advance(PENDING_MS);
    expect(await sessions.sweep()).toBe(403);
    expect(ended).toHaveLength(403);
  });

  test("stay where they may stay for ever, and while nobody could come", async () => {
    const { publicId } = await sessionsWith().open({ zoneId: "z" });
    await records.clock.advance(100 * PENDING_MS);
    expect(await sessionsWith({ pendingMs: null }).sweep()).toBe(0);
    let hasListened = false;
    const restarted = sessionsWith({ hasListened: () => hasListened });
    expect(await restarted.sweep()).toBe(0);
    expect((await restarted.get(publicId)).status).toBe("PENDING");
    hasListened = true;
    expect(await restarted.sweep()).toBe(1);
  });

  test("cost a read where there are none", async () => {
    const written: string[] = [];
    const { store } = records;
    const watched = createSessionRecords({
      ...store,
      transact(work) {
        written.push("a transaction");
        return store.transact(work);
      },
    });
    await sessionsWith().open({ zoneId: "z" });
    expect(await sessionsWith({ records: watched }).sweep()).toBe(0);
    expect(written).toEqual([]);
  });
});
