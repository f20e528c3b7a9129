import { beforeEach, describe, expect, test } from "bun:test";
import { createMemoryLeases } from "../../adapters/memory/leases.ts";
import { systemRandom } from "../../adapters/system/random.ts";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { Journal } from "../journal/journal.ts";
import type { Host } from "./host.ts";
import type { HostMirror } from "./host-mirror.ts";
import { HostPool, type Beat, type HostPoolOptions } from "./host-pool.ts";

describe("host pool", () => {
  let clock: VirtualClock;
  let arrived: Host[];
  let pool: HostPool;

  const make = (mirror?: HostMirror, more: Partial<HostPoolOptions> = {}): HostPool =>
    new HostPool({
      leases: createMemoryLeases(clock),
      clock,
      random: systemRandom,
      leaseMs: 30_000,
      allocationMs: 30_000,
      mirror,
      onArrived: (host) => arrived.push(host),
      ...more,
    });

  const beat = (id: string, more: Partial<Beat> = {}) =>
    pool.beat({ id, room: `room-${id}`, region: "local", publicIp: "1.2.3.4", info: { name: "x" }, ...more });

  beforeEach(() => {
    clock = createVirtualClock();
    arrived = [];
    pool = make();
  });

  test("a found host is allocated until it turns busy or its allocation lapses", async () => {
    await beat("a");
    expect(await pool.find()).toMatchObject({ id: "a", room: "room-a", state: "allocated" });
    await expect(pool.find()).rejects.toMatchObject({ code: "no_host_available" });
    await clock.advance(20_000);
    await beat("a", { state: "idle" });
    await expect(pool.find()).rejects.toMatchObject({ code: "no_host_available" });
    await clock.advance(10_000);
    expect(await pool.find()).toMatchObject({ id: "a" });
  });

  test("a found host that misses its beat is found by nobody else before its allocation lapses", async () => {
    await beat("a");
    await clock.advance(28_000);
    await pool.find();
    await clock.advance(14_000);
    await beat("a", { state: "idle" });
    await expect(pool.find()).rejects.toMatchObject({ code: "no_host_available" });
    await clock.advance(16_000);
    expect(await pool.find()).toMatchObject({ id: "a" });
  });

  test("a room stays that of the first host that waits there; only an exclusive beat is refused for it", async () => {
    await beat("a", { room: "room" });
    await beat("b", { room: "room" });
    await expect(beat("c", { room: "room", exclusive: true })).rejects.toMatchObject({ code: "room_taken" });
    expect(await pool.hostIn("room")).toBe("a");
    expect(await pool.counts()).toMatchObject({ idle: 2, allocated: 0, busy: 0 });
    await pool.leave("a");
    await beat("c", { room: "room", exclusive: true });
    expect(await pool.hostIn("room")).toBe("c");
    expect(arrived.map(({ id }) => id)).toEqual(["a", "c"]);
  });

  test("busy by status outlives idle beats, and ends with status idle", async () => {
    await beat("a");
    await pool.setState("a", "busy");
    await beat("a", { state: "idle" });
    await expect(pool.find()).rejects.toMatchObject({ code: "no_host_available" });
    await pool.setState("a", "idle");
    expect(await pool.find()).toMatchObject({ id: "a" });
  });

  test("an occupied room makes its host busy, and an emptied one only undoes that", async () => {
    await beat("a");
    expect(await pool.occupyRoom("room-a", 20_000)).toMatchObject({ id: "a", state: "busy" });
    await beat("a", { state: "idle" });
    expect(await pool.get("a")).toMatchObject({ state: "busy" });
    expect(await pool.roomEmptied("a")).toMatchObject({ state: "idle" });
    await beat("a", { state: "busy" });
    expect(await pool.roomEmptied("a")).toMatchObject({ state: "busy" });
    expect(await pool.occupyRoom("nobody's", 20_000)).toBeNull();
    expect(await pool.roomEmptied("nobody")).toBeNull();
  });

  test("a session that nobody confirms any more lets its host go", async () => {
    await beat("a");
    await pool.occupyRoom("room-a", 20_000);
    await clock.advance(20_000);
    expect(await pool.find()).toMatchObject({ id: "a" });
  });

  test("tells when a host comes to a room: it is new, back after its lease, or has moved", async () => {
    await beat("a");
    await beat("a");
    expect(arrived.map(({ room }) => room)).toEqual(["room-a"]);
    await clock.advance(30_000);
    await beat("a");
    await beat("a", { room: "other" });
    expect(arrived.map(({ room }) => room)).toEqual(["room-a", "room-a", "other"]);
  });

  test("unknown hosts are refused by name", async () => {
    await expect(pool.setState("ghost", "busy")).rejects.toMatchObject({
      code: "host_not_found",
      message: "Host not found: ghost",
    });
    await expect(pool.leave("ghost")).rejects.toMatchObject({ code: "host_not_found" });
  });

  test("while draining finds are refused and beats are taken", async () => {
    await beat("a");
    pool.drain();
    await expect(pool.find()).rejects.toMatchObject({ code: "draining" });
    await beat("a");
    expect(await pool.get("a")).toMatchObject({ state: "idle" });
  });

  describe("with a mirror", () => {
    let wire: Map<string, Host>;

    beforeEach(() => {
      wire = new Map();
      pool = make({
        beat: async (host) => void wire.set(host.id, host),
        changed: async (host) => void (wire.has(host.id) && wire.set(host.id, host)),
        freed: async (host) => void (wire.has(host.id) && wire.set(host.id, host)),
        left: async (id) => void wire.delete(id),
        confirm: async (host) =>
          wire.get(host.id)?.state === "idle"
            ? { host: { ...wire.get(host.id)!, state: "allocated" }, isShown: false }
            : null,
      });
    });

    test("a host is shown as it is after every step", async () => {
      await beat("a");
      expect(wire.get("a")?.state).toBe("idle");
      await pool.find();
      expect(wire.get("a")?.state).toBe("allocated");
      await pool.setState("a", "busy");
      expect(wire.get("a")?.state).toBe("busy");
      await pool.roomEmptied("a");
      expect(wire.get("a")?.state).toBe("idle");
      await pool.leave("a");
      expect(wire.has("a")).toBe(false);
    });

    test("a found host that comes back after its lease is shown as allocated, or as the busy that it says", async () => {
      for (const [id, state, shown] of [
        ["a", "idle", "allocated"],
        ["b", undefined, "allocated"],
        ["c", "busy", "busy"],
      ] as const) {
        await beat(id);
        await clock.advance(28_000);
        expect(await pool.find()).toMatchObject({ id });
        await clock.advance(2_000);
        wire.delete(id);
        await beat(id, { state });
        expect(wire.get(id)?.state).toBe(shown);
        expect(await pool.get(id)).toMatchObject({ state: shown });
        await expect(pool.find()).rejects.toMatchObject({ code: "no_host_available" });
        await pool.leave(id);
      }
    });

    test("a host whose record is gone or not free is passed over until it beats again", async () => {
      await beat("a");
      await beat("b");
      wire.delete("a");
      expect(await pool.find()).toMatchObject({ id: "b" });
      await expect(pool.find()).rejects.toMatchObject({ code: "no_host_available" });
      await beat("a");
      expect(await pool.find()).toMatchObject({ id: "a" });
    });

    test("a host that registers busy is not found", async () => {
      await beat("a", { state: "busy" });
      expect(wire.get("a")?.state).toBe("busy");
      await expect(pool.find()).rejects.toMatchObject({ code: "no_host_available" });
    });

    test("an adopted host is found like any other, and one somebody allocated is left to them", async () => {
      const foreign = { room: "r", region: "local", publicIp: "", info: {}, beatAt: 1 };
      wire.set("f", { ...foreign, id: "f", state: "idle", foreign: true, subject: null, revision: 0 });
      await pool.adopt({ ...foreign, id: "f", state: "idle" }, 5_000);
      await pool.adopt({ ...foreign, id: "g", state: "allocated" }, 5_000);
      expect(await pool.find()).toMatchObject({ id: "f", room: "r" });
      await expect(pool.find()).rejects.toMatchObject({ code: "no_host_available" });
      await clock.advance(5_000);
      expect(await pool.unknown(["f", "g"])).toEqual(["f", "g"]);
    });

    describe("that fails a find", () => {
      const none = async (): Promise<void> => undefined;
      const away = (): Promise<never> => Promise.reject(new StoreUnavailable(new Error("no answer within 2000 ms")));
      const mirrorWith = (steps: Partial<HostMirror>): HostMirror => ({
        beat: none,
        changed: none,
        freed: none,
        left: none,
        confirm: async (host) => ({ host, isShown: true }),
        ...steps,
      });
      let notes: string[];
      const journal = { note: (_: string, __: string, what: string) => void notes.push(what) } as Journal;

      beforeEach(() => {
        notes = [];
      });

      test("its claim is given back when it cannot be confirmed", async () => {
        let confirm: HostMirror["confirm"] = away;
        pool = make(mirrorWith({ confirm: (host) => confirm(host) }), { journal });
        await beat("a");
        await expect(pool.find()).rejects.toBeInstanceOf(StoreUnavailable);
        expect(await pool.get("a")).toMatchObject({ state: "idle" });
        confirm = async (host) => ({ host, isShown: true });
        expect(await pool.find()).toMatchObject({ id: "a" });
        expect(pool.totals().found).toBe(1);
        expect(notes).toEqual(["registered", "found"]);
      });

      test("its claim is given back, and nothing counted, when the record of another program cannot be changed", async () => {
        pool = make(mirrorWith({ confirm: async (host) => ({ host, isShown: false }), changed: away }), { journal });
        await beat("a");
        await expect(pool.find()).rejects.toBeInstanceOf(StoreUnavailable);
        expect(await pool.get("a")).toMatchObject({ state: "idle" });
        expect(pool.totals().found).toBe(0);
        expect(notes).toEqual(["registered"]);
      });

      test("its claim is given back when the host cannot be withheld either", async () => {
        const leases = createMemoryLeases(clock);
        const { release } = leases;
        leases.release = (id, epoch, then) => (then === "withhold" ? away() : release(id, epoch, then));
        pool = make(mirrorWith({ confirm: async () => null }), { leases });
        await beat("a");
        await expect(pool.find()).rejects.toBeInstanceOf(StoreUnavailable);
        expect(await pool.get("a")).toMatchObject({ state: "idle" });
      });

      test("its claim is given back as soon as the store takes it, and the next one is left alone", async () => {
        const leases = createMemoryLeases(clock);
        const { release } = leases;
        let isAway = true;
        leases.release = (...given) => (isAway ? away() : release(...given));
        let confirm: HostMirror["confirm"] = away;
        pool = make(mirrorWith({ confirm: (host) => confirm(host) }), { leases });
        await beat("a");
        await expect(pool.find()).rejects.toBeInstanceOf(StoreUnavailable);
        await clock.advance(3_000);
        expect(await pool.get("a")).toMatchObject({ state: "allocated" });
        isAway = false;
        await clock.advance(1_000);
        expect(await pool.get("a")).toMatchObject({ state: "idle" });
        confirm = async (host) => ({ host, isShown: true });
        await pool.find();
        await clock.advance(10_000);
        expect(await pool.get("a")).toMatchObject({ state: "allocated" });
      });
    });
  });
});
