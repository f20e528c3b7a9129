import { createMemoryPresences } from "../../src/adapters/memory/presences.ts";
import { createMemoryStreams } from "../../src/adapters/memory/streams.ts";
import { systemRandom } from "../../src/adapters/system/random.ts";
import { Matches } from "../../src/core/matches/matches.ts";
import { StreamHub } from "../../src/core/streams/hub.ts";
import { KnownMatches } from "../../src/core/streams/known-matches.ts";
import { LiveMatches } from "../../src/core/streams/live-matches.ts";
import { MatchStreams, STREAM_KEPT } from "../../src/core/streams/match-streams.ts";
import { Recorder } from "../../src/core/streams/recorder.ts";
import { Replays } from "../../src/core/streams/replays.ts";
import { Revival } from "../../src/core/streams/revival.ts";
import { ViewerCounts } from "../../src/core/streams/viewer-counts.ts";
import type { ViewerLine } from "../../src/core/streams/viewer.ts";
import { Viewers } from "../../src/core/streams/viewers.ts";
import type { Presences } from "../../src/ports/presences.ts";
import type { Streams } from "../../src/ports/streams.ts";
import type { TestRecords } from "./records.ts";

/** How long replays are kept, in ms. */
export const REPLAY_KEEP_MS = 600_000;

/** What the nodes of a cluster share. */
export interface SharedStreams {
  readonly streams: Streams;
  readonly presences: (kind: string) => Presences;
  /** Nodes that are gone. */
  readonly dead: Set<string>;
}

export function sharedStreams({ clock }: TestRecords): SharedStreams {
  const kinds = new Map<string, Presences>();
  return {
    streams: createMemoryStreams(clock),
    presences(kind) {
      const presences = kinds.get(kind) ?? createMemoryPresences(clock);
      kinds.set(kind, presences);
      return presences;
    },
    dead: new Set(),
  };
}

export interface StreamNodeOptions {
  readonly node: string;
  readonly shared?: SharedStreams;
  failed(error: unknown): void;
}

/** Everything of one node that streams matches. */
export function streamsOn(records: TestRecords, options: StreamNodeOptions) {
  const { clock } = records;
  const { node, failed, shared = sharedStreams(records) } = options;
  const membership = { node, isLive: (id: string) => !shared.dead.has(id) };
  const hub = new StreamHub(shared.streams);
  const counts = new ViewerCounts({ presences: shared.presences("viewers"), membership, clock, failed });
  const matches = new Matches({ matches: records.matches, clock, ratesUnsigned: false });
  const known = new KnownMatches({ matches, clock, failed });
  const recorder = new Recorder({
    hub,
    replays: records.replays,
    presences: shared.presences("recorders"),
    membership,
    clock,
    timeOfRecords: clock,
    random: systemRandom,
    isOver: (id) => known.isOver(id),
    failed,
  });
  const { streams } = shared;
  const revival = new Revival({ streams, replays: records.replays, timeOfRecords: clock, kept: STREAM_KEPT });
  const revive = (id: string): Promise<void> => revival.revive(id);
  return {
    counts,
    recorder,
    followed: () => hub.size,
    streams: new MatchStreams({
      streams,
      known,
      live: new LiveMatches({ presences: shared.presences("live"), streams, clock, node, failed }),
      counts,
      clock,
      record: (id) => recorder.record(id),
      keep: (id) => recorder.keep(id),
      revive,
      failed,
    }),
    viewers: new Viewers({ hub, revive, failed, counts, clock, behindBytes: 1_000, crowd: 2, ping: "ping" }),
    viewerBufferBytes: 4_000,
    streamFailed: failed,
    replays: new Replays({ replays: records.replays, clock, keepMs: REPLAY_KEEP_MS, maxBytes: 1_000_000 }),
  };
}

export type StreamNode = ReturnType<typeof streamsOn>;

/** Who is in which channel. */
const channels = new Map<string, Set<ViewerLine>>();

/** A viewer whose line takes everything at once, or nothing. */
export function aViewer() {
  const seen: string[] = [];
  let writes = 0;
  const state = { buffered: 0, isBounded: false, isOver: false };
  const line: ViewerLine = {
    get buffered() {
      return state.buffered;
    },
    send(texts) {
      writes++;
      seen.push(...texts);
    },
    join(channel) {
      channels.set(channel, (channels.get(channel) ?? new Set()).add(line));
    },
    leave: (channel) => void channels.get(channel)?.delete(line),
    tell(channel, texts) {
      const all = [...(channels.get(channel) ?? [])];
      for (const one of all) one.send(texts);
      return all.every(({ buffered }) => buffered === 0);
    },
    bound: () => void (state.isBounded = true),
    end: () => void (state.isOver = true),
  };
  return { line, seen, state, writes: () => writes };
}
