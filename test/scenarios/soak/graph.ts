import type { Sample } from "./samples.ts";

const [WIDTH, HEIGHT] = [860, 360];
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 150, 34, 40];
// Told apart by people who see few colours, too (Okabe and Ito's palette).
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
/** Points of a line: more are not seen. */
const POINTS = 240;

/** An SVG of the memory of each process over time. */
export function memoryGraph(title: string, lines: ReadonlyMap<string, readonly Sample[]>): string {
  const all = [...lines.values()].flat();
  const until = Math.max(60, ...all.map(({ at }) => at));
  const top = Math.ceil((Math.max(0, ...all.map(({ rssMiB }) => rssMiB)) * 1.1) / 50) * 50;
  const x = (at: number): string => (LEFT + (at / until) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (mib: number): string => (HEIGHT - BOTTOM - (mib / top) * (HEIGHT - TOP - BOTTOM)).toFixed(1);

  const rows = Array.from({ length: top / 50 + 1 }, (_, at) => at * 50).map(
    (mib) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(mib)}" y2="${y(mib)}" stroke="#ddd"/>` +
      `<text x="${LEFT - 8}" y="${y(mib)}" text-anchor="end" dominant-baseline="middle">${mib}</text>`,
  );
  const columns = Array.from({ length: 7 }, (_, at) => (at * until) / 6).map(
    (at) => `<text x="${x(at)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${Math.round(at / 60)}</text>`,
  );
  const drawn = [...lines].map(([name, samples], nth) => {
    const every = Math.max(1, Math.floor(samples.length / POINTS));
    const points = samples.filter((_, at) => at % every === 0).map(({ at, rssMiB }) => `${x(at)},${y(rssMiB)}`);
    const colour = COLOURS[nth % COLOURS.length]!;
    const legend = TOP + 18 * nth;
    return (
      `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${points.join(" ")}"/>` +
      `<line x1="${WIDTH - RIGHT + 14}" x2="${WIDTH - RIGHT + 32}" y1="${legend}" y2="${legend}" stroke="${colour}" stroke-width="3"/>` +
      `<text x="${WIDTH - RIGHT + 38}" y="${legend}" dominant-baseline="middle">${name}</text>`
    );
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="18" font-size="14">${title}</text>`,
    ...rows,
    ...columns,
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">minutes</text>`,
    ...drawn,
    "</svg>",
    "",
  ].join("\n");
}
