/** One line of a graph. */
export interface GraphLine {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** One of the graphs that stand below each other and share what goes to the right. */
export interface Panel {
  readonly title: string;
  /** How far apart the lines across are, the highest being above all points. Default: so that there are three to five. */
  readonly every?: number;
  /** What is written beside a line across. */
  label?(value: number): string;
  readonly lines: readonly GraphLine[];
}

const WIDTH = 860;
const [LEFT, RIGHT, TOP, BOTTOM, GAP] = [56, 150, 34, 40, 40];
// Told apart by people who see few colours, too (Okabe and Ito's palette).
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
/** Points of a line: more are not seen. */
const POINTS = 400;

/** An SVG of some graphs, `until` being where they end to the right. */
export function lineGraph(options: {
  readonly until: number;
  /** What goes to the right, and what is written below it. */
  readonly across: string;
  mark(x: number): string;
  readonly panels: readonly Panel[];
  /** Of one panel, in pixels. */
  readonly height: number;
}): string {
  const { until, across, mark, panels, height } = options;
  const whole = TOP + panels.length * height + (panels.length - 1) * GAP + BOTTOM;
  const x = (value: number): string => (LEFT + (value / until) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const foot = whole - BOTTOM;
  const columns = Array.from({ length: 7 }, (_, at) => (at * until) / 6).map(
    (value) => `<text x="${x(value)}" y="${foot + 18}" text-anchor="middle">${mark(value)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${whole}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<title>${panels.map(({ title }) => title).join("; ")}</title>`,
    `<rect width="${WIDTH}" height="${whole}" fill="#fff"/>`,
    ...panels.flatMap((panel, nth) => drawn(panel, TOP + nth * (height + GAP), height, x)),
    ...columns,
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${whole - 6}" text-anchor="middle">${across}</text>`,
    "</svg>",
    "",
  ].join("\n");
}

function drawn(panel: Panel, above: number, height: number, x: (value: number) => string): string[] {
  const { title, label = String, lines } = panel;
  const highest = Math.max(0, ...lines.flatMap(({ points }) => points.map(([, value]) => value)));
  const { every = roundStep(highest / 3) } = panel;
  const top = Math.max(1, Math.ceil(highest / every)) * every;
  const y = (value: number): string => (above + height - (value / top) * height).toFixed(1);
  const rows = Array.from({ length: Math.round(top / every) + 1 }, (_, at) => at * every).map(
    (value) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}" stroke="#ddd"/>` +
      `<text x="${LEFT - 8}" y="${y(value)}" text-anchor="end" dominant-baseline="middle">${label(value)}</text>`,
  );
  const shown = lines.map(({ name, points }, nth) => {
    const step = Math.max(1, Math.floor(points.length / POINTS));
    const path = points.filter((_, at) => at % step === 0).map(([across, value]) => `${x(across)},${y(value)}`);
    const colour = COLOURS[nth % COLOURS.length]!;
    const legend = above + 18 * nth;
    return (
      `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${path.join(" ")}"/>` +
      `<line x1="${WIDTH - RIGHT + 14}" x2="${WIDTH - RIGHT + 32}" y1="${legend}" y2="${legend}" stroke="${colour}" stroke-width="3"/>` +
      `<text x="${WIDTH - RIGHT + 38}" y="${legend}" dominant-baseline="middle">${name}</text>`
    );
  });
  return [`<text x="${LEFT}" y="${above - 12}" font-size="14">${title}</text>`, ...rows, ...shown];
}

/** The largest of 1, 2 and 5 times a power of ten that is not above this. */
function roundStep(most: number): number {
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return power * (most >= 5 * power ? 5 : most >= 2 * power ? 2 : 1);
}
