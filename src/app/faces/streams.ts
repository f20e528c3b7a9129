import type { Matches } from "../../core/matches/matches.ts";
import { StreamHub } from "../../core/streams/hub.ts";
import { KnownMatches } from "../../core/streams/known-matches.ts";
import { LiveMatches } from "../../core/streams/live-matches.ts";
import { MatchStreams, STREAM_KEPT } from "../../core/streams/match-streams.ts";
import { Recorder } from "../../core/streams/recorder.ts";
import { Replays } from "../../core/streams/replays.ts";
import { Revival } from "../../core/streams/revival.ts";
import { ViewerCounts } from "../../core/streams/viewer-counts.ts";
import { Viewers } from "../../core/streams/viewers.ts";
import { PING } from "../../faces/arena/stream-messages.ts";
import type { RecordGround } from "./ground.ts";

const DAY_MS = 24 * 60 * 60_000;

/** A viewer that has a fraction of what it may have unsent is behind: what lasts still has room then. */
const BEHIND = 1 / 4;

/** So many are written to one by one within some ms. */
const CROWD = 1_000;

/** What streams matches, shows them and records them. */
export function createStreams(
  { config, engine, records, cluster, ...ground }: Omit<RecordGround, "auditing" | "showcase">,
  matches: Matches,
) {
  const { membership } = cluster;
  const failed = ground.failed("a step of the streams failed");
  const { streams, clock, random } = engine;
  const hub = new StreamHub(streams);
  const counts = new ViewerCounts({ presences: engine.presences("arena-viewers"), membership, clock, failed });
  const known = new KnownMatches({ matches, clock: records.clock, failed });
  const recorder = new Recorder({
    hub,
    replays: records.replays,
    presences: engine.presences("arena-recorders"),
    membership,
    clock,
    timeOfRecords: records.clock,
    random,
    isOver: (id) => known.isOver(id),
    failed,
  });
  const revival = new Revival({ streams, replays: records.replays, timeOfRecords: records.clock, kept: STREAM_KEPT });
  const revive = (id: string): Promise<void> => revival.revive(id);
  return {
    counts,
    recorder,
    followed: () => hub.size,
    streams: new MatchStreams({
      streams,
      known,
      live: new LiveMatches({
        presences: engine.presences("arena-live"),
        streams,
        clock,
        node: membership.node,
        failed,
      }),
      counts,
      clock,
      record: (id) => recorder.record(id),
      keep: (id) => recorder.keep(id),
      revive,
      failed,
    }),
    viewers: new Viewers({
      hub,
      revive,
      failed,
      counts,
      clock,
      behindBytes: config.VIEWER_BUFFER_BYTES * BEHIND,
      crowd: CROWD,
      ping: PING,
    }),
    viewerBufferBytes: config.VIEWER_BUFFER_BYTES,
    streamFailed: failed,
    replays: new Replays({
      replays: records.replays,
      clock: records.clock,
      keepMs: config.REPLAY_RETENTION_DAYS * DAY_MS,
      maxBytes: config.REPLAY_MAX_BYTES,
    }),
  };
}
