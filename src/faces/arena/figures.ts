import type { MatchStreams } from "../../core/streams/match-streams.ts";
import type { Viewers } from "../../core/streams/viewers.ts";
import type { Figure } from "../../transport/face.ts";

/** What is streamed through this node, and how those who watch here keep up. */
export function streamFigures(sources: {
  readonly viewers: Pick<Viewers, "figures">;
  readonly streams: Pick<MatchStreams, "figures">;
  readonly backlog: number;
  readonly followed: number;
}): readonly Figure[] {
  const { viewers, behind, dropped, lags } = sources.viewers.figures();
  const { events, appends } = sources.streams.figures();
  const gauge = (name: string, help: string, value: number): Figure => ({ name, help, type: "gauge", value });
  return [
    gauge("arena_viewers", "Viewers of matches on this node.", viewers),
    gauge("stream_viewers_behind", "Viewers that have not taken what was sent so far, and get no frames.", behind),
    gauge("streams_followed", "Streams that this node follows, to show or to record them.", sources.followed),
    gauge("replay_backlog_characters", "Characters of replays that wait to be written down.", sources.backlog),
    ...Object.entries(events).map(([outcome, value]): Figure => ({
      name: "stream_events_total",
      help: "Frames and other events published to this node; what is out of date or comes twice is left.",
      type: "counter",
      value,
      labels: { outcome },
    })),
    {
      name: "stream_frames_dropped_total",
      help: "Frames that viewers did not get because they were behind.",
      type: "counter",
      value: dropped,
    },
    {
      name: "stream_append_seconds",
      help: "How long what is published takes until it is there for all viewers.",
      type: "histogram",
      value: appends,
    },
    {
      name: "stream_viewer_lag_seconds",
      help: "How long viewers were behind that have caught up.",
      type: "histogram",
      value: lags,
    },
  ];
}
