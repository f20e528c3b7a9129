import { shared } from "../core/flow/shared.ts";
import type { Clock } from "../ports/clock.ts";
import type { Face, Figure } from "../transport/face.ts";
import { processFigures } from "./process-figures.ts";
import { RequestTimes, type AnsweredAlike } from "./request-times.ts";
import { within } from "./within.ts";

const PREFIX = "rendezvous_";

export interface Metrics {
  /** One request answered; `route` is a pattern. */
  answered(route: string, method: string, status: number, milliseconds: number): void;
  /** Everything, in the Prometheus text format. Read after the call, and once for all who ask meanwhile. */
  render(): Promise<string>;
  readonly contentType: string;
  /** How long requests took so far. */
  requests(): readonly AnsweredAlike[];
}

/**
 * Figures of the faces, and of what belongs to none of them, are read when somebody asks; requests are counted as they
 * are answered.
 */
export function createMetrics(faces: readonly Face[], clock: Clock, others: () => readonly Figure[]): Metrics {
  const requests = new RequestTimes();
  return {
    contentType: "text/plain; version=0.0.4; charset=utf-8",
    requests: () => requests.read(),
    answered: (route, method, status, milliseconds) => requests.answered(route, method, status, milliseconds),
    render: shared(async () => {
      // What is all in memory would be written before the next request is looked at, and so anew for each.
      await turn();
      const ofFaces = await Promise.all(faces.map((face) => figuresOf(face, clock)));
      return renderFigures([...processFigures(), ...requests.figures(), ...ofFaces.flat(), ...others()]);
    }),
  };
}

/** Waits until whatever else is ready has been handled. */
function turn(): Promise<void> {
  return new Promise((resume) => void setImmediate(resume));
}

/** How long a face may take to tell its figures, in ms. */
const PATIENCE_MS = 2_000;

function tooLate(): never {
  throw new Error("the figures did not come in time");
}

/** A face whose store is away must not take the other figures with it. */
async function figuresOf(face: Face, clock: Clock): Promise<Figure[]> {
  const up = (value: number): Figure => ({
    name: "face_up",
    help: "1 if the face could tell its figures.",
    type: "gauge",
    value,
    labels: { face: face.name },
  });
  try {
    if (face.figures === undefined) return [up(1)];
    const figures = await within(clock, PATIENCE_MS, face.figures(), tooLate);
    return [...figures, up(1)];
  } catch {
    return [up(0)];
  }
}

/** The text format wants all samples of a name together, behind one header. */
export function renderFigures(figures: readonly Figure[]): string {
  const lines: string[] = [];
  for (const [name, samples] of Map.groupBy(figures, (figure) => PREFIX + figure.name)) {
    lines.push(`# HELP ${name} ${samples[0]!.help}`, `# TYPE ${name} ${samples[0]!.type}`);
    for (const sample of samples) lines.push(...samplesOf(name, sample));
  }
  return `${lines.join("\n")}\n`;
}

function samplesOf(name: string, { labels = {}, type, value }: Figure): readonly string[] {
  const line = (suffix: string, given: Readonly<Record<string, string>>, count: number): string => {
    const pairs = Object.entries(given).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
    return `${name}${suffix}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${count}`;
  };
  if (type !== "histogram") return [line("", labels, value)];
  return [
    ...value.bounds.map((bound, at) => line("_bucket", { ...labels, le: String(bound) }, value.atMost[at]!)),
    line("_bucket", { ...labels, le: "+Inf" }, value.count),
    line("_sum", labels, value.sum),
    line("_count", labels, value.count),
  ];
}
