import { beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Bounds, Draft, Mail, Mailboxes, Tidings } from "../../src/ports/mailboxes.ts";
import { eventually } from "../support/eventually.ts";
import { createVirtualClock, type VirtualClock } from "../support/virtual-clock.ts";

/** Makes empty mailboxes; what one object keeps, another never sees. */
export type MakeMailboxes = (clock: VirtualClock) => Mailboxes;

export interface MailboxesTraits {
  /** Mail that nobody asks for goes by a sweep, and not by itself. */
  readonly sweeps: boolean;
}

const ROOMY: Bounds = { mailbox: { count: 1_000, bytes: 100_000 }, sender: { count: 1_000, bytes: 100_000 } };
const TTL_MS = 300_000;

/** Every sentence of the port's comment, run against one adapter. */
export function mailboxesContract(adapter: string, make: MakeMailboxes, { sweeps }: MailboxesTraits): void {
  describe(`mailboxes on ${adapter}`, () => {
    let clock: VirtualClock;
    let mailboxes: Mailboxes;

    beforeEach(() => {
      clock = createVirtualClock(1_750_000_000_123);
      mailboxes = make(clock);
    });

    const draft = (content: string, more: Partial<Draft> = {}): Draft => ({
      mailbox: "m",
      kind: "offer",
      from: "a",
      to: null,
      content,
      ttlMs: TTL_MS,
      supersedes: [],
      ...more,
    });
    const post = async (content: string, more: Partial<Draft> = {}, bounds = ROOMY): Promise<number> => {
      const outcome = await mailboxes.post(draft(content, more), bounds);
      if ("full" in outcome) throw new Error(`full: ${outcome.full}`);
      return outcome.cursor;
    };
    const contents = (mails: readonly Mail[]): readonly string[] => mails.map(({ content }) => content);
    const read = async (selection = {}, after = 0, limit = 100) =>
      contents(await mailboxes.read("m", selection, after, limit));

    describe("post and read", () => {
      test("keep a mail as it was, byte for byte", async () => {
        const content = 'v=0\r\n"é\\u0000\u0000\u2028🎮';
        const cursor = await post(content, { kind: "answer", from: "ä 1", to: "b" });
        const mail: Mail = { cursor, kind: "answer", from: "ä 1", to: "b", content };
        expect(await mailboxes.read("m", {}, 0, 10)).toEqual([mail]);
        expect(await mailboxes.newest("m", {})).toEqual(mail);
      });

      test("a mailbox nobody posted to is empty", async () => {
        expect(await read()).toEqual([]);
        expect(await mailboxes.newest("m", {})).toBeNull();
        await mailboxes.drop("m");
      });

      test("mailboxes do not see each other", async () => {
        await post("here");
        await post("there", { mailbox: "other" });
        expect(await read()).toEqual(["here"]);
        expect((await mailboxes.newest("other", {}))!.content).toBe("there");
      });

      test("reading consumes nothing, goes on behind a cursor, and stops at the limit", async () => {
        const first = await post("1");
        const second = await post("2");
        await post("3");
        expect(await read()).toEqual(["1", "2", "3"]);
        expect(await read()).toEqual(["1", "2", "3"]);
        expect(await read({}, first)).toEqual(["2", "3"]);
        expect(await read({}, second - 1)).toEqual(["2", "3"]);
        expect(await read({}, 0, 2)).toEqual(["1", "2"]);
        expect(await read({}, Number.MAX_SAFE_INTEGER)).toEqual([]);
      });

      test("the limit counts what the selection lets through", async () => {
        for (let n = 0; n < 5; n++) await post(`${n}`, { kind: n % 2 === 0 ? "offer" : "answer" });
        expect(await read({ kind: "answer" }, 0, 2)).toEqual(["1", "3"]);
      });

      test("cursors grow, are safe integers, and are never given twice at once", async () => {
        const cursors = await Promise.all(Array.from({ length: 50 }, (_, n) => post(`${n}`, { from: `p${n}` })));
        expect(new Set(cursors).size).toBe(50);
        expect(cursors.every((cursor) => cursor > 0 && Number.isSafeInteger(cursor))).toBe(true);
        expect(await post("later")).toBeGreaterThan(Math.max(...cursors));
      });

      test("a cursor of a forgotten mailbox, or of a store that lost everything, is behind what comes later", async () => {
        const cursor = await post("1");
        await mailboxes.drop("m");
        expect(await post("2")).toBeGreaterThan(cursor);
        await clock.advance(1);
        mailboxes = make(clock);
        expect(await post("3")).toBeGreaterThan(cursor + 1);
        expect(await read({}, cursor + 1)).toEqual(["3"]);
      });
    });

    describe("a selection", () => {
      beforeEach(async () => {
        await post("a to all");
        await post("a to b", { to: "b" });
        await post("b to a", { from: "b", to: "a" });
        await post("b to all", { from: "b", kind: "answer" });
      });

      test.each([
        [{}, ["a to all", "a to b", "b to a", "b to all"]],
        [{ kind: "answer" }, ["b to all"]],
        [{ reader: "a" }, ["b to a", "b to all"]],
        [{ reader: "b" }, ["a to all", "a to b"]],
        [{ reader: "c" }, ["a to all", "b to all"]],
        [{ addressee: "b" }, ["a to b"]],
        [{ reader: "a", addressee: "a" }, ["b to a"]],
        [{ reader: "a", addressee: "b" }, []],
        [{ kind: "offer", reader: "a" }, ["b to a"]],
      ])("%j reads %j, and the newest of them", async (selection, expected) => {
        expect(await read(selection)).toEqual(expected);
        expect((await mailboxes.newest("m", selection))?.content).toBe(expected.at(-1));
      });
    });

    describe("superseding", () => {
      test("takes the place of the same sender's mail of that kind to the same addressee, and of nothing else", async () => {
        await post("old");
        await post("to b", { to: "b" });
        await post("answer", { kind: "answer" });
        await post("b's", { from: "b" });
        const cursor = await post("new", { supersedes: ["offer"] });
        expect(await read()).toEqual(["to b", "answer", "b's", "new"]);
        expect(await read({}, cursor - 1)).toEqual(["new"]);
      });

      test("may take the place of several kinds at once, and of none that is not there", async () => {
        await post("offer", { to: "b" });
        await post("to all");
        await post("answer", { kind: "answer", to: "b", supersedes: ["answer", "offer"] });
        expect(await read()).toEqual(["to all", "answer"]);
        await post("again", { kind: "answer", to: "b", supersedes: ["answer", "offer"] });
        expect(await read()).toEqual(["to all", "again"]);
      });

      test("needs only the room that the new one takes more, and leaves the old one when refused", async () => {
        const tight = (bytes: number): Bounds => ({ mailbox: { count: 1, bytes }, sender: { count: 1, bytes } });
        const weight = (content: string): number => "offer".length + "a".length + content.length;
        await post("1234", {}, tight(weight("1234")));
        await post("5678", { supersedes: ["offer"] }, tight(weight("1234")));
        expect(await read()).toEqual(["5678"]);
        const outcome = await mailboxes.post(draft("12345", { supersedes: ["offer"] }), tight(weight("1234")));
        expect(outcome).toHaveProperty("full");
        expect(await read()).toEqual(["5678"]);
      });
    });

    describe("bounds", () => {
      const bounds = (sender: number, mailbox: number): Bounds => ({
        sender: { count: sender, bytes: 10_000 },
        mailbox: { count: mailbox, bytes: 10_000 },
      });

      test("a sender with as many as it may have is refused, others are not", async () => {
        await post("1", {}, bounds(2, 10));
        await post("2", {}, bounds(2, 10));
        expect(await mailboxes.post(draft("3"), bounds(2, 10))).toEqual({ full: "sender" });
        await post("b's", { from: "b" }, bounds(2, 10));
        expect(await read()).toEqual(["1", "2", "b's"]);
      });

      test("a full mailbox refuses everybody, another takes them", async () => {
        await post("1", {}, bounds(10, 2));
        await post("2", { from: "b" }, bounds(10, 2));
        expect(await mailboxes.post(draft("3", { from: "c" }), bounds(10, 2))).toEqual({ full: "mailbox" });
        await post("3", { from: "c", mailbox: "other" }, bounds(10, 2));
      });

      test("bytes are those of UTF-8, names included, and a mail may fill them exactly", async () => {
        const bytes = "offer".length + "a".length + "é".length + "🎮".length + 1 + 2;
        const exact: Bounds = { sender: { count: 9, bytes }, mailbox: { count: 9, bytes } };
        const oneLess: Bounds = { ...exact, sender: { count: 9, bytes: bytes - 1 } };
        const mail = draft("🎮", { to: "é" });
        expect(await mailboxes.post(mail, oneLess)).toEqual({ full: "sender" });
        expect(await mailboxes.post(mail, { ...exact, mailbox: { count: 9, bytes: bytes - 1 } })).toEqual({
          full: "mailbox",
        });
        expect(await mailboxes.post(mail, exact)).toHaveProperty("cursor");
      });

      test("hold however many post at once", async () => {
        const outcomes = await Promise.all(
          Array.from({ length: 40 }, (_, n) => mailboxes.post(draft(`${n}`, { from: `p${n % 4}` }), bounds(7, 20))),
        );
        expect(outcomes.filter((outcome) => "cursor" in outcome).length).toBe(20);
        const mails = await mailboxes.read("m", {}, 0, 100);
        const bySender = Object.values(Object.groupBy(mails, ({ from }) => from));
        expect(Math.max(...bySender.map((some) => some!.length))).toBeLessThanOrEqual(7);
      });

      test("what has run out or was dropped no longer counts", async () => {
        await post("1", {}, bounds(1, 1));
        await clock.advance(TTL_MS);
        await post("2", {}, bounds(1, 1));
        await mailboxes.drop("m");
        await post("3", {}, bounds(1, 1));
        expect(await read()).toEqual(["3"]);
      });
    });

    describe("time", () => {
      test("mail is gone the moment its time is over, swept or not", async () => {
        await post("short", { ttlMs: 1_000 });
        await post("long", { ttlMs: 2_000 });
        await post("shorter", { ttlMs: 500 });
        await clock.advance(499);
        expect(await read()).toEqual(["short", "long", "shorter"]);
        await clock.advance(1);
        expect((await mailboxes.newest("m", {}))!.content).toBe("long");
        await clock.advance(500);
        expect(await read()).toEqual(["long"]);
        await clock.advance(1_000);
        expect(await read()).toEqual([]);
        expect(await mailboxes.newest("m", {})).toBeNull();
      });

      test("a sweep forgets what has run out and says how much", async () => {
        for (let n = 0; n < 10; n++) await post("x", { mailbox: `m${n}`, ttlMs: 1_000 });
        await post("stays", { ttlMs: 5_000 });
        await post("goes", { ttlMs: 1_000 });
        expect(await mailboxes.sweep()).toBe(0);
        await clock.advance(1_000);
        expect(await mailboxes.sweep()).toBe(sweeps ? 11 : 0);
        expect(await mailboxes.sweep()).toBe(0);
        expect(await read()).toEqual(["stays"]);
        await clock.advance(4_000);
        expect(await mailboxes.sweep()).toBe(sweeps ? 1 : 0);
        expect(await read()).toEqual([]);
      });
    });

    describe("watching", () => {
      const watch = async (selection = {}) => {
        const told: Tidings[] = [];
        return { told, end: await mailboxes.watch("m", selection, (what) => told.push(what)) };
      };
      const heard = (told: readonly Tidings[], what: Tidings) =>
        eventually(`a watcher is told "${what}"`, () => told.includes(what));

      test("tells of what the selection lets through, and a read then finds it", async () => {
        const found: string[] = [];
        const end = await mailboxes.watch("m", { reader: "b" }, () => {
          void mailboxes.read("m", { reader: "b" }, 0, 10).then((mails) => found.push(...contents(mails)));
        });
        await post("for b", { to: "b" });
        await eventually("the mail is found", () => found.includes("for b"));
        end();
      });

      test("does not tell of one's own, of others', nor of other mailboxes", async () => {
        const { told, end } = await watch({ kind: "offer", reader: "a" });
        await post("own");
        await post("for c", { from: "b", to: "c" });
        await post("another kind", { kind: "answer", from: "b" });
        await post("elsewhere", { from: "b", mailbox: "other" });
        const all = await watch();
        await post("last", { from: "b", kind: "answer" });
        await heard(all.told, "posted");
        expect(told).toEqual([]);
        await post("mine", { from: "b" });
        await heard(told, "posted");
        end();
        all.end();
      });

      test("tells every watcher, until it ends", async () => {
        const [one, other] = [await watch(), await watch()];
        await post("1");
        await heard(one.told, "posted");
        await heard(other.told, "posted");
        one.end();
        one.end();
        one.told.length = 0;
        other.told.length = 0;
        await post("2");
        await heard(other.told, "posted");
        expect(one.told).toEqual([]);
        other.end();
      });

      test("tells of a mailbox that was dropped, even of an empty one, whatever is selected", async () => {
        const { told, end } = await watch({ kind: "answer", addressee: "z" });
        await mailboxes.drop("m");
        await heard(told, "dropped");
        end();
      });

      test("says nothing of a mail that was refused", async () => {
        const { told, end } = await watch();
        await mailboxes.post(draft("x"), { ...ROOMY, mailbox: { count: 0, bytes: 0 } });
        await mailboxes.drop("m");
        await heard(told, "dropped");
        expect(told).not.toContain("posted");
        end();
      });
    });

    test("drop forgets a mailbox and nothing else", async () => {
      await post("1");
      await post("2", { mailbox: "other" });
      await mailboxes.drop("m");
      expect(await read()).toEqual([]);
      expect((await mailboxes.newest("other", {}))!.content).toBe("2");
    });

    test("whatever is posted, superseded and run out, reading shows what a plain list would", async () => {
      const step = fc.record({
        kind: fc.constantFrom("offer", "answer"),
        from: fc.constantFrom("a", "b"),
        to: fc.constantFrom(null, "a", "b"),
        supersedes: fc.subarray(["offer", "answer"]),
        ttlMs: fc.integer({ min: 1, max: 50 }),
        waitMs: fc.integer({ min: 0, max: 10 }),
      });
      let rounds = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), async (steps) => {
          const mailbox = `round-${rounds++}`;
          let model: (Draft & { readonly until: number })[] = [];
          for (const [at, { waitMs, ...more }] of steps.entries()) {
            const one = draft(`${at}`, { ...more, mailbox });
            await mailboxes.post(one, ROOMY);
            const former = one.supersedes.map((kind) =>
              model.findLast((mail) => mail.kind === kind && mail.from === one.from && mail.to === one.to),
            );
            model = [...model.filter((mail) => !former.includes(mail)), { ...one, until: clock.now() + one.ttlMs }];
            await clock.advance(waitMs);
            model = model.filter(({ until }) => until > clock.now());
            const expected = model.filter(({ from, to }) => from !== "a" && (to === null || to === "a"));
            const found = contents(await mailboxes.read(mailbox, { reader: "a" }, 0, 100));
            expect(found).toEqual(expected.map(({ content }) => content));
          }
        }),
        { numRuns: 50 },
      );
    });
  });
}
