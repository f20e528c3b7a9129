// One file, because all of it is done to one mailbox: its store, clock and sessions can each be made to fail, and are set up once.
import { beforeEach, describe, expect, test } from "bun:test";
import { createMemoryBus } from "../../adapters/memory/bus.ts";
import { createMemoryMailboxes } from "../../adapters/memory/mailboxes.ts";
import { createMemoryPresences } from "../../adapters/memory/presences.ts";
import type { Mail } from "../../ports/mailboxes.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import { createBusCourier } from "../cluster/bus-courier.ts";
import type { DomainError } from "../errors/errors.ts";
import { MAX_LISTENERS } from "./audience.ts";
import type { Listener, MailLink } from "./listener.ts";
import { MAIL_BOUNDS, Mailbox, type Letter, type Question } from "./mailbox.ts";

const TTL_MS = 300_000;

let clock: VirtualClock;
let open: Set<string>;
let players: Set<string>;
let mailbox: Mailbox;
let failures: unknown[];
let storeIsAway: boolean;

beforeEach(() => {
  clock = createVirtualClock();
  open = new Set(["s", "other"]);
  players = new Set(["a"]);
  failures = [];
  storeIsAway = false;
  const mailboxes = createMemoryMailboxes(clock);
  mailbox = new Mailbox({
    mailboxes: {
      ...mailboxes,
      read: async (...args) => {
        if (storeIsAway) throw new StoreUnavailable(null);
        return mailboxes.read(...args);
      },
    },
    presences: createMemoryPresences(clock),
    courier: createBusCourier({ node: "n", bus: createMemoryBus(), clock, failed: (error) => failures.push(error) }),
    membership: { isDead: () => false, onDeath: () => undefined, onReturn: () => undefined },
    clock,
    sessions: {
      exists: async (id) => open.has(id),
      peers: async (id) => (open.has(id) ? { host: "h", players } : null),
    },
    ttlMs: TTL_MS,
    failed: (error) => failures.push(error),
  });
});

const post = (content: string, more: Partial<Letter> = {}) =>
  mailbox.post({ session: "s", kind: "offer", from: "a", to: null, content, ...more });
const ask = (more: Partial<Question> = {}): Question => ({ session: "s", kind: "offer", ...more });
const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "none",
    (error: DomainError) => `${error.code}: ${error.message}`,
  );
const contentOf = (mail: Mail | null): string | null => mail && mail.content;

/** Whether a promise has settled, once everything that is only waiting for promises has run on. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  const mark = (): boolean => (done = true);
  promise.then(mark, mark);
  await clock.advance(0);
  return done;
}

const waiting = (question: Question, waitMs = 10_000, signal = new AbortController().signal) =>
  mailbox.fetchOne(question, { waitMs, signal });

describe("sessions", () => {
  test("one that is not there or over takes and gives nothing", async () => {
    const unknown = "session_not_found: Session not found: nope";
    expect(await code(post("x", { session: "nope" }))).toBe(unknown);
    expect(await code(mailbox.fetchOne(ask({ session: "nope" })))).toBe(unknown);
    expect(await code(mailbox.fetchAll(ask({ session: "nope" }), 1))).toBe(unknown);
    expect(await code(mailbox.listen({ session: "nope", peer: "a", after: 0 }, recorder().link))).toBe(unknown);
    await post("x");
    open.delete("s");
    expect(await code(mailbox.fetchOne(ask()))).toBe("session_not_found: Session not found: s");
  });
});

describe("fetching", () => {
  test("without a cursor gives the newest, as often as asked for", async () => {
    await post("1");
    await post("2", { from: "b" });
    expect(contentOf(await mailbox.fetchOne(ask()))).toBe("2");
    expect(contentOf(await mailbox.fetchOne(ask()))).toBe("2");
    expect(contentOf(await mailbox.fetchOne(ask({ reader: "b" })))).toBe("1");
    expect(await mailbox.fetchOne(ask({ kind: "answer" }))).toBeNull();
  });

  test("behind a cursor gives one after the other, so that none is skipped", async () => {
    for (const from of ["a", "b", "c"]) await post(`of ${from}`, { from });
    const seen: string[] = [];
    for (let after = 0; ;) {
      const mail = await mailbox.fetchOne(ask({ reader: "host", after }));
      if (mail === null) break;
      seen.push(mail.content);
      after = mail.cursor;
    }
    expect(seen).toEqual(["of a", "of b", "of c"]);
  });

  test("a newer offer to the same peer replaces the older, candidates add up", async () => {
    await post("1", { to: "b" });
    await post("2", { to: "b" });
    await post("c1", { kind: "ice-candidate" });
    await post("c2", { kind: "ice-candidate" });
    expect((await mailbox.fetchAll(ask({ reader: "b" }), 9)).map(contentOf)).toEqual(["2"]);
    expect((await mailbox.fetchAll(ask({ kind: "ice-candidate" }), 9)).map(contentOf)).toEqual(["c1", "c2"]);
    expect((await mailbox.fetchAll(ask({ kind: "ice-candidate" }), 1)).map(contentOf)).toEqual(["c1"]);
  });

  test("who answers a peer has taken back its offer to that peer, and to no other", async () => {
    await post("crossed", { to: "b" });
    await post("to c", { to: "c" });
    await post("to all");
    await post("answer to b", { kind: "answer", to: "b" });
    expect((await mailbox.fetchAll(ask(), 9)).map(contentOf)).toEqual(["to c", "to all"]);
    await post("answer to all", { kind: "answer" });
    expect((await mailbox.fetchAll(ask(), 9)).map(contentOf)).toEqual(["to c", "to all"]);
  });

  test("a letter is kept for its time and no longer", async () => {
    await post("x");
    await clock.advance(TTL_MS - 1);
    expect(contentOf(await mailbox.fetchOne(ask()))).toBe("x");
    await clock.advance(1);
    expect(await mailbox.fetchOne(ask())).toBeNull();
  });

  test("a peer that has posted too much is refused in words, and nothing that lies there goes", async () => {
    const large = "x".repeat(1024 * 1024);
    const kind = "ice-candidate";
    const fitting = Math.floor(MAIL_BOUNDS.sender.bytes / (large.length + 100));
    for (let n = 0; n < fitting; n++) await post(large, { kind });
    expect(await code(post(large, { kind }))).toStartWith("mailbox_full: This peer has posted too much");
    expect((await mailbox.fetchAll(ask({ kind }), 99)).length).toBe(fitting);
    await post("another peer's", { kind, from: "b" });
    expect(mailbox.figures().posted).toEqual({ offer: 0, answer: 0, "ice-candidate": fitting + 1 });
  });
});

describe("waiting", () => {
  test("is over at once when there is something", async () => {
    await post("x");
    expect(contentOf(await waiting(ask()))).toBe("x");
    expect(mailbox.figures().waiting).toBe(0);
  });

  test("is over the moment something comes that was asked for, and not for anything else", async () => {
    const answer = waiting(ask({ reader: "b", after: 0 }));
    await post("own", { from: "b" });
    await post("for c", { to: "c" });
    await post("no offer", { kind: "answer" });
    await post("elsewhere", { session: "other" });
    expect(await settled(answer)).toBe(false);
    expect(mailbox.figures().waiting).toBe(1);
    await post("x");
    expect(await settled(answer)).toBe(true);
    expect(contentOf(await answer)).toBe("x");
    expect(mailbox.figures().waiting).toBe(0);
  });

  test("behind a cursor does not see what lies before it", async () => {
    await post("old");
    const { cursor } = (await mailbox.fetchOne(ask()))!;
    const answer = waiting(ask({ after: cursor }));
    expect(await settled(answer)).toBe(false);
    await post("new");
    expect(contentOf(await answer)).toBe("new");
  });

  test("ends with nothing when the time is up, not before", async () => {
    const answer = waiting(ask(), 10_000);
    await clock.advance(0);
    await clock.advance(9_999);
    expect(await settled(answer)).toBe(false);
    await clock.advance(1);
    expect(await answer).toBeNull();
  });

  test("ends when whoever waits has gone", async () => {
    const client = new AbortController();
    const answer = waiting(ask(), 10_000, client.signal);
    expect(await settled(answer)).toBe(false);
    client.abort();
    expect(await answer).toBeNull();
    expect(await waiting(ask(), 10_000, client.signal)).toBeNull();
    expect(mailbox.figures().waiting).toBe(0);
  });

  test("ends when the server drains, and does not begin again", async () => {
    const answer = waiting(ask());
    const list = mailbox.fetchAll(ask(), 9, { waitMs: 10_000, signal: new AbortController().signal });
    await clock.advance(0);
    mailbox.drain();
    expect(await answer).toBeNull();
    expect(await list).toEqual([]);
    expect(await waiting(ask())).toBeNull();
  });

  test("ends with the session", async () => {
    const answer = code(waiting(ask()));
    await clock.advance(0);
    open.delete("s");
    await mailbox.close("s");
    expect(await answer).toBe("session_not_found: Session not found: s");
  });

  test("goes on when only the letters were dropped", async () => {
    const answer = waiting(ask());
    await clock.advance(0);
    await mailbox.close("s");
    expect(await settled(answer)).toBe(false);
    await post("x");
    expect(contentOf(await answer)).toBe("x");
  });
});

describe("listening", () => {
  test("brings what is there, then what comes, in order and never one's own", async () => {
    await post("1");
    await post("2", { kind: "ice-candidate" });
    const b = await listen("b");
    expect(b.heard).toEqual(["1", "2"]);
    await post("3", { to: "b" });
    await post("own", { from: "b" });
    await post("for c", { to: "c" });
    await post("4", { kind: "answer" });
    await clock.advance(0);
    expect(b.heard).toEqual(["1", "2", "3", "4"]);
  });

  test("goes on behind a cursor", async () => {
    await post("1", { from: "x" });
    const { cursor } = (await mailbox.fetchOne(ask()))!;
    await post("2");
    expect((await listen("b", { after: cursor })).heard).toEqual(["2"]);
  });

  test("brings more than one page without a gap", async () => {
    const all = Array.from({ length: 200 }, (_, n) => `${n}`);
    for (const content of all) await post(content, { kind: "ice-candidate" });
    const b = await listen("b");
    await clock.advance(0);
    await clock.advance(0);
    expect(b.heard).toEqual(all);
  });

  test("stops writing until the other end has confirmed, and loses nothing by it", async () => {
    const large = "x".repeat(100_000);
    for (let n = 0; n < 6; n++) await post(`${n}${large}`, { kind: "ice-candidate" });
    const b = await listen("b");
    const numbers = (): string[] => b.heard.map((content) => content[0]!);
    expect(numbers()).toEqual(["0", "1", "2"]);
    b.listener.confirm("not this one");
    await clock.advance(0);
    expect(numbers()).toEqual(["0", "1", "2"]);
    b.listener.confirm(b.marks[0]!);
    await clock.advance(0);
    expect(numbers()).toEqual(["0", "1", "2", "3", "4", "5"]);
  });

  test("the same peer again takes over, and the old one's end takes nothing away", async () => {
    const first = await listen("b");
    const second = await listen("b");
    expect(first.heard).toEqual(["end replaced"]);
    first.listener.leave();
    await post("x");
    await clock.advance(0);
    expect(first.heard).toEqual(["end replaced"]);
    expect(second.heard).toEqual(["x"]);
    expect(mailbox.figures().listeners).toBe(1);
    second.listener.leave();
    expect(mailbox.figures().listeners).toBe(0);
  });

  test("a connection that takes no more is ended, and comes back to what it missed", async () => {
    const b = await listen("b");
    b.state.deaf = true;
    await post("x");
    await clock.advance(0);
    expect(b.heard).toEqual(["end stalled"]);
    expect((await listen("b")).heard).toEqual(["x"]);
  });

  test("ends with the session: at once when told, else when it is looked for", async () => {
    mailbox.start();
    const b = await listen("b");
    open.delete("s");
    await mailbox.close("s");
    await clock.advance(0);
    expect(b.heard).toEqual(["end closed"]);
    const c = await listen("c", { session: "other" });
    open.delete("other");
    await clock.advance(15_000);
    expect(c.heard).toEqual(["end closed"]);
    await mailbox.stop();
  });

  test("ends with the part its peer must have: at once when told, else when it is looked for", async () => {
    mailbox.start();
    players = new Set(["p", "q"]);
    const p = await listen("p", { part: "player" });
    const q = await listen("q", { part: "player" });
    const h = await listen("h", { part: "host" });
    const unasked = await listen("anybody");
    players = new Set(["q"]);
    await mailbox.left("s", "q");
    await mailbox.left("s", "anybody");
    expect([p.heard, q.heard, unasked.heard]).toEqual([[], [], []]);
    await mailbox.left("s", "p");
    expect(p.heard).toEqual(["end removed"]);
    players = new Set();
    await clock.advance(15_000);
    expect([q.heard, h.heard, unasked.heard]).toEqual([["end removed"], [], []]);
    await mailbox.stop();
  });

  test("is ended at once where its peer lost its part while it came", async () => {
    players = new Set();
    expect((await listen("p", { part: "player" })).heard).toEqual(["end removed"]);
  });

  test("goes on when the server drains, and is refused from then on", async () => {
    const b = await listen("b");
    mailbox.drain();
    await post("x");
    await clock.advance(0);
    expect(b.heard).toEqual(["x"]);
    expect(await code(mailbox.listen({ session: "s", peer: "c", after: 0 }, recorder().link))).toStartWith("draining");
  });

  test("ends when the mail cannot be read, and the operator hears of it", async () => {
    const b = await listen("b");
    storeIsAway = true;
    await post("x");
    await clock.advance(0);
    expect(b.heard).toEqual(["end unavailable"]);
    expect(failures).toEqual([new StoreUnavailable(null)]);
  });

  test("too many at once are turned away, a peer that comes again is not", async () => {
    for (let n = 0; n < MAX_LISTENERS; n++) await listen(`p${n}`);
    expect((await listen("one too many")).heard).toEqual(["end crowded"]);
    expect((await listen("p0")).heard).toEqual([]);
    expect((await listen("elsewhere", { session: "other" })).heard).toEqual([]);
  });
});

describe("announcing", () => {
  test("tells those who are announced, and only them, of the others", async () => {
    const [a, b, silent] = [await listen("a"), await listen("b"), await listen("silent")];
    expect(await announce(a.listener)).toEqual([]);
    expect(await announce(b.listener)).toEqual(["a"]);
    expect(await announce(b.listener)).toEqual(["a"]);
    b.listener.leave();
    silent.listener.leave();
    expect(a.heard).toEqual(["arrived b", "departed b"]);
    expect(b.heard).toEqual([]);
    expect(silent.heard).toEqual([]);
  });

  test("a peer that takes over is still there for the others", async () => {
    const [a, b] = [await listen("a"), await listen("b")];
    await announce(a.listener);
    await announce(b.listener);
    const again = await listen("b");
    expect(await announce(again.listener)).toEqual(["a"]);
    expect(a.heard).toEqual(["arrived b"]);
    again.listener.leave();
    expect(a.heard).toEqual(["arrived b", "departed b"]);
  });
});

interface Recorder {
  readonly heard: string[];
  readonly marks: string[];
  readonly state: { deaf: boolean };
  readonly link: MailLink;
}

function recorder(): Recorder {
  const heard: string[] = [];
  const marks: string[] = [];
  const state = { deaf: false };
  return {
    heard,
    marks,
    state,
    link: {
      deliver(mail, mark) {
        if (state.deaf) return false;
        heard.push(mail.content);
        if (mark !== null) marks.push(mark);
        return true;
      },
      arrived: (peer) => heard.push(`arrived ${peer}`),
      departed: (peer) => heard.push(`departed ${peer}`),
      end: (why) => heard.push(`end ${why}`),
    },
  };
}

async function announce(listener: Listener): Promise<readonly string[]> {
  let others: readonly string[] = ["not answered"];
  await listener.announce((all) => (others = all));
  return others;
}

async function listen(peer: string, more = {}): Promise<Recorder & { readonly listener: Listener }> {
  const recorded = recorder();
  const listener = await mailbox.listen({ session: "s", peer, after: 0, ...more }, recorded.link);
  await clock.advance(0);
  return { ...recorded, listener };
}
