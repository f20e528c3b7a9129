import uPlot from "uplot";
import sheet from "uplot/dist/uPlot.min.css" with { type: "text" };
import type { Sample } from "../../src/faces/operator/wire.ts";
import type { ChartOptions, Drawn } from "./chart-options.ts";
import { ChartTable } from "./chart-table.ts";
import { element, setText } from "./element.ts";
import { time } from "./format.ts";
import { CHART_MS } from "./live.ts";

/** Lengths of strokes and gaps, in pixels. */
const dashes = { solid: [], dashed: [7, 4], dotted: [2, 3] } satisfies Record<Drawn, number[]>;

/** Steps of the axes: in seconds, and of what is counted. */
const TIME_STEPS = [60, 120, 300];
const WHOLE_STEPS = Array.from({ length: 8 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();

const HEIGHT = 170;

// A sheet made by script needs no leave of the page's policy, which allows no style in its text.
const styles = new CSSStyleSheet();
styles.replaceSync(sheet);
document.adoptedStyleSheets.push(styles);

const darkness = matchMedia("(prefers-color-scheme: dark)");

/** Lines over the last 15 minutes, with a key that also says the numbers, and all of them as a table. */
export class Chart {
  readonly element: HTMLElement;
  readonly #options: ChartOptions;
  readonly #place = element("div", { class: "plot" }, "The first figures come within seconds.");
  readonly #swatches: readonly HTMLElement[];
  readonly #values: readonly HTMLElement[];
  readonly #when = element("span", { class: "quiet" });
  readonly #table: ChartTable;
  readonly #resizing: ResizeObserver;
  readonly #recolour = (): void => this.#build();
  #samples: readonly Sample[] = [];
  #plot: uPlot | null = null;

  constructor(options: ChartOptions) {
    this.#options = options;
    const { title, unit, lines } = options;
    this.#values = lines.map(() => element("strong"));
    this.#swatches = lines.map(({ colour, drawn = "solid" }) =>
      element("span", { class: "swatch", "data-colour": String(colour), "data-drawn": drawn }),
    );
    const key = lines.map(({ label, href }, at) => {
      const name = href === undefined ? label : element("a", { href }, label);
      return element("li", {}, this.#swatches[at]!, name, " ", this.#values[at]!);
    });
    this.#table = new ChartTable(options);
    this.element = element(
      "figure",
      { class: "chart card" },
      element("figcaption", {}, element("h3", {}, title), element("span", { class: "quiet" }, unit), this.#when),
      this.#place,
      element("ul", { class: "key" }, ...key),
      this.#table.element,
    );
    this.#resizing = new ResizeObserver(() => this.#fit());
    this.#resizing.observe(this.#place);
    darkness.addEventListener("change", this.#recolour);
  }

  show(samples: readonly Sample[]): void {
    this.#samples = samples;
    if (this.#plot === null) this.#build();
    else this.#plot.setData(this.#data());
    this.#table.show(samples);
    this.#say(null);
  }

  close(): void {
    this.#resizing.disconnect();
    darkness.removeEventListener("change", this.#recolour);
    this.#plot?.destroy();
  }

  #data(): uPlot.AlignedData {
    const { lines } = this.#options;
    return [this.#samples.map(({ at }) => at / 1_000), ...lines.map(({ value }) => this.#samples.map(value))];
  }

  #build(): void {
    const width = this.#place.clientWidth;
    if (width === 0 || this.#samples.length === 0) return;
    this.#plot?.destroy();
    this.#place.replaceChildren();
    this.#place.setAttribute("role", "img");
    const { lines, format, isWhole = false, isLogarithmic = false } = this.#options;
    // A canvas knows no style sheet: the colours are read where the sheet has put them.
    const [text, grid] = [getComputedStyle(this.#when).color, getComputedStyle(this.element).borderTopColor];
    const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
    const font = "12px system-ui, sans-serif";
    this.#plot = new uPlot(
      {
        width,
        height: HEIGHT,
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false } },
        padding: [8, 8, 0, 0],
        scales: {
          x: { range: (_, first, last) => [Math.max(last - CHART_MS / 1_000, Math.min(first, last - 120)), last] },
          y: isLogarithmic ? { distr: 3, range: magnitudes } : { range: (_, __, most) => [0, Math.max(1, most * 1.1)] },
        },
        axes: [
          {
            ...axis,
            font,
            size: 28,
            space: 50,
            incrs: TIME_STEPS,
            values: (_, splits) => splits.map((at) => hourAndMinute(at)),
          },
          {
            ...axis,
            ...(isWhole ? { incrs: WHOLE_STEPS } : {}),
            ...(isLogarithmic ? { splits: (_, __, least, most) => powers(least, most) } : {}),
            font,
            size: 52,
            space: 36,
            // Where there is no room for all numbers, some are null.
            values: (_, splits) => splits.map((value: number | null) => (value === null ? "" : format(value))),
          },
        ],
        series: [
          {},
          ...lines.map(({ label, drawn = "solid" }, line) => ({
            label,
            stroke: getComputedStyle(this.#swatches[line]!).color,
            width: 2,
            dash: dashes[drawn],
            points: { show: this.#samples.length < 2 },
          })),
        ],
        hooks: { setCursor: [({ cursor }) => this.#say(cursor.idx ?? null)] },
      },
      this.#data(),
      this.#place,
    );
  }

  #fit(): void {
    const width = this.#place.clientWidth;
    if (this.#plot === null) this.#build();
    else if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: HEIGHT });
  }

  /** Puts numbers into the key: those under the pointer, or the newest. */
  #say(at: number | null): void {
    const sample = at === null ? this.#samples.at(-1) : this.#samples[at];
    if (sample === undefined) return;
    const { title, lines, format } = this.#options;
    const texts = lines.map(({ value }) => format(value(sample)));
    texts.forEach((text, line) => setText(this.#values[line]!, text));
    setText(this.#when, at === null ? "" : `at ${time(sample.at, sample.at)}`);
    const figures = lines.map(({ label }, line) => `${label} ${texts[line]}`).join(", ");
    this.#place.setAttribute("aria-label", `${title} over the last 15 minutes; now: ${figures}`);
  }
}

function hourAndMinute(seconds: number): string {
  return new Date(seconds * 1_000).toTimeString().slice(0, 5);
}

function magnitudes(_: uPlot, least: number | null, most: number | null): [number, number] {
  return [10 ** Math.floor(Math.log10(least ?? 1)), 10 ** Math.ceil(Math.log10((most ?? 1) * 1.01))];
}

/** The powers of ten from one to the other. */
function powers(least: number, most: number): number[] {
  const [first, last] = [least, most].map((value) => Math.round(Math.log10(value))) as [number, number];
  return Array.from({ length: last - first + 1 }, (_, at) => 10 ** (first + at));
}
