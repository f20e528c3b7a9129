import { describe, expect, test } from "bun:test";
import type { ReplayPiece, ReplayRecords, ReplayState } from "../../ports/replay-records.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { StreamEvent } from "./events.ts";
import { unpackEvents } from "./piece.ts";
import { MAX_REPLAY_BYTES, Recording } from "./recording.ts";

function aRecording(bytes = 0) {
  const added: { readonly piece: ReplayPiece; readonly state: ReplayState }[] = [];
  const store = { isAway: false };
  const add: ReplayRecords["add"] = async (_id, piece, state) => {
    if (store.isAway) throw new StoreUnavailable(new Error("away"));
    added.push({ piece, state });
  };
  const backlog = { size: 0 };
  const recording = new Recording({
    matchId: "m",
    recorder: "r",
    replays: { add } as unknown as ReplayRecords,
    backlog,
    usedAt: 0,
    isClosed: false,
    games: 0,
    bytes,
  });
  const hear = (...events: readonly StreamEvent[]) =>
    recording.hear({ events, hasEnded: events.at(-1)?.kind === "match_end" }, 0);
  const kinds = async () =>
    (await Promise.all(added.map(({ piece }) => unpackEvents(piece.content)))).flat().map(({ kind }) => kind);
  return { recording, backlog, store, added, hear, kinds };
}

const frame = (number: number, text = "{}"): StreamEvent => ({ kind: "frame", number, text });
const matchEnd: StreamEvent = { kind: "match_end", number: 0, text: "{}" };

describe("a recording", () => {
  test("of a replay that is as long as one may be keeps no frames, but how it ends", async () => {
    const { recording, hear, added, kinds } = aRecording(MAX_REPLAY_BYTES + 1);
    hear(frame(1), { kind: "game_end", number: 1, text: "{}" }, frame(-123));
    await recording.write(1);
    hear(frame(2), matchEnd);
    await recording.write(2);
    expect(await kinds()).toEqual(["game_end", "match_end"]);
    expect(added.at(-1)!.state).toMatchObject({ games: 1, isComplete: true });
  });

  test("comes to its end where the store was away as it grew too long", async () => {
    const { recording, store, hear, kinds } = aRecording(MAX_REPLAY_BYTES + 1);
    store.isAway = true;
    hear(frame(1), matchEnd);
    expect(await recording.write(1).catch(({ name }: Error) => name)).toBe("StoreUnavailable");
    store.isAway = false;
    await recording.write(2);
    expect([recording.isEmpty, await kinds()]).toEqual([true, ["match_end"]]);
  });

  test("counts what it unpacks to, not only what it weighs packed", async () => {
    const { recording, hear, added, kinds } = aRecording();
    const text = "0".repeat(4 * 1024 * 1024);
    for (let number = 0; number < 20; number++) {
      hear(frame(number, text));
      await recording.write(number);
    }
    expect((await kinds()).length).toBe(16);
    expect(added.reduce((sum, { piece }) => sum + piece.content.byteLength, 0)).toBeLessThan(200_000);
  });

  test("is complete only with the piece that its end is in, also where that comes while another is packed", async () => {
    const { recording, hear, added, kinds } = aRecording();
    hear(frame(1));
    const written = recording.write(1);
    hear(frame(2), matchEnd);
    await written;
    expect(added.map(({ state }) => state.isComplete)).toEqual([false, true]);
    expect(await kinds()).toEqual(["frame", "frame", "match_end"]);

    const other = aRecording();
    other.store.isAway = true;
    other.hear(frame(1));
    await other.recording.write(1).catch(() => undefined);
    other.hear(matchEnd);
    other.store.isAway = false;
    await other.recording.write(2);
    expect(other.added.map(({ state }) => state.isComplete)).toEqual([false, true]);
  });

  test("says at any time what waits", async () => {
    const { recording, backlog, store, hear } = aRecording();
    hear(frame(1, "x".repeat(1_000)));
    hear(frame(2, "x".repeat(1_000)));
    expect([backlog.size, recording.size]).toEqual([2_022, 2_022]);
    recording.shed();
    expect([backlog.size, recording.size]).toEqual([1_011, 1_011]);
    store.isAway = true;
    await recording.write(1).catch(() => undefined);
    expect(recording.size).toBe(0);
    expect(backlog.size).toBeGreaterThan(0);
    store.isAway = false;
    await recording.write(2);
    expect([backlog.size, recording.isEmpty]).toEqual([0, true]);
    hear(frame(3));
    recording.drop();
    expect([backlog.size, recording.isEmpty]).toEqual([0, true]);
  });
});
