import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { aContender, aHost, aZone } from "../support/examples.ts";
import type { MakeRecords, TestRecords } from "../support/records.ts";

const NEVER = -1;

/** Every sentence of the port's comment, run against one adapter. */
export function operatorRecordsContract(adapter: string, make: MakeRecords): void {
  describe(`what operators look at on ${adapter}`, () => {
    let records: TestRecords;
    beforeEach(async () => {
      records = await make();
    });
    afterEach(() => records.close());

    const join = (queueId: string, now: number) =>
      records.queue.join({ ...aContender(queueId), queueId, matchId: `match-of-${queueId}` }, now, NEVER);

    test("entries of the queue, newest first, of one status, row by row; looking keeps none waiting", async () => {
      await join("a", 10);
      await records.queue.cancel("a");
      await join("b", 20);
      await join("c", 30);
      await join("d", 40);
      const { operator } = records;
      const ids = async (filter: Parameters<typeof operator.entries>[0]) =>
        (await operator.entries(filter)).map(({ queueId }) => queueId);
      expect(await ids({ limit: 9 })).toEqual(["d", "c", "b", "a"]);
      expect(await ids({ limit: 9, status: "waiting" })).toEqual(["d"]);
      expect(await ids({ limit: 9, status: "matched" })).toEqual(["c", "b"]);
      const [newest] = await operator.entries({ limit: 1 });
      expect(await ids({ limit: 2, before: newest!.row })).toEqual(["c", "b"]);
      expect(await operator.entry("d")).toMatchObject({ status: "waiting", matchId: null, createdAt: 40, seenAt: 40 });
      expect(await operator.entry("c")).toMatchObject({ status: "matched", matchId: "match-of-c", createdAt: 30 });
      expect(await operator.entry("nobody")).toBeNull();
      const { connectCode } = aContender("d");
      expect((await operator.entriesOf(connectCode, 5)).map(({ queueId }) => queueId)).toEqual(["d"]);
      expect(await operator.waiting()).toEqual({ count: 1, since: 40 });
      await records.queue.cancel("d");
      expect(await operator.waiting()).toEqual({ count: 0, since: null });
    });

    test("matches, newest first, of one status, row by row", async () => {
      for (const [at, id] of ["a", "b", "c", "d"].entries()) await join(id, at);
      const { operator } = records;
      expect(await records.matches.expire(1, 9)).toEqual(["match-of-b"]);
      const all = await operator.matches({ limit: 9 });
      expect(all.map(({ match }) => match)).toEqual([
        (await records.matches.find("match-of-d"))!,
        (await records.matches.find("match-of-b"))!,
      ]);
      const ids = async (filter: Parameters<typeof operator.matches>[0]) =>
        (await operator.matches(filter)).map(({ match }) => match.id);
      expect(await ids({ limit: 9, status: "playing" })).toEqual(["match-of-d"]);
      expect(await ids({ limit: 9, status: "expired" })).toEqual(["match-of-b"]);
      expect(await ids({ limit: 9, before: all[0]!.row })).toEqual(["match-of-b"]);
    });

    test("hosts by status, and sessions that are open", async () => {
      const { operator, hosts, zones, sessions } = records;
      expect([await operator.hostsByStatus(), await operator.openSessions()]).toEqual([{}, {}]);
      for (const id of ["one", "two", "three"]) await hosts.register(aHost(id), () => 100, 1);
      await hosts.setMaintenance("three", true);
      await zones.create("zone", aZone(), 1);
      const open = (publicId: string) =>
        sessions.open({ publicId, zoneId: "zone", hostId: "one", maxPlayers: null, seenSince: NEVER }, 2);
      await open("s1");
      await open("s2");
      await sessions.activate({ publicId: "s2" }, 3);
      expect(await operator.hostsByStatus()).toMatchObject({ MAINTENANCE: 1 });
      expect(Object.values(await operator.hostsByStatus()).reduce((sum, count) => sum + count, 0)).toBe(3);
      expect(await operator.openSessions()).toEqual({ PENDING: 1, ACTIVE: 1 });
    });

    test("when things happened in a session, and everybody who was in it", async () => {
      const { operator, hosts, zones, sessions } = records;
      await hosts.register(aHost("host"), () => 100, 1);
      await zones.create("zone", aZone(), 1);
      await sessions.open({ publicId: "s", zoneId: "zone", hostId: "host", maxPlayers: 9, seenSince: NEVER }, 2);
      const { id } = (await sessions.find({ publicId: "s" }))!;
      expect(await operator.sessionTimes(id)).toEqual({ activatedAt: null, endedAt: null, players: [] });
      await sessions.activate({ id }, 3);
      await sessions.join({ id }, "alice", 4);
      await sessions.join({ id }, "bob", 5);
      await sessions.leave({ id }, "alice", 0);
      await sessions.end({ id }, 6);
      expect(await operator.sessionTimes(id)).toEqual({
        activatedAt: 3,
        endedAt: 6,
        players: [
          { playerId: "alice", joinedAt: 4, connected: false },
          { playerId: "bob", joinedAt: 5, connected: false },
        ],
      });
      expect(await operator.sessionTimes(id + 1)).toBeNull();
    });

    test("the sessions that a player is or was in, newest first", async () => {
      const { operator, hosts, zones, sessions } = records;
      await hosts.register(aHost("host"), () => 100, 1);
      await zones.create("zone", aZone(), 1);
      for (const publicId of ["s1", "s2", "s3"]) {
        await sessions.open({ publicId, zoneId: "zone", hostId: "host", maxPlayers: 9, seenSince: NEVER }, 2);
        await sessions.activate({ publicId }, 3);
        await sessions.join({ publicId }, "bob", 4);
        if (publicId !== "s2") await sessions.join({ publicId }, "alice", 5);
      }
      await sessions.leave({ publicId: "s1" }, "alice", 0);
      expect(await operator.sessionsOf("alice", 9)).toEqual(["s3", "s1"]);
      expect(await operator.sessionsOf("bob", 2)).toEqual(["s3", "s2"]);
      expect(await operator.sessionsOf("nobody", 9)).toEqual([]);
    });
  });
}
