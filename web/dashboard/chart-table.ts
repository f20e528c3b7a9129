import type { Sample } from "../../src/faces/operator/wire.ts";
import type { ChartOptions } from "./chart-options.ts";
import { element } from "./element.ts";
import { time } from "./format.ts";
import { Table } from "./table.ts";

/** The numbers of a chart in rows, the newest first, for whoever cannot see its lines or wants to copy them. */
export class ChartTable {
  readonly element: HTMLDetailsElement;
  readonly #options: ChartOptions;
  readonly #table: Table;
  #samples: readonly Sample[] = [];

  constructor(options: ChartOptions) {
    const { title, unit, lines } = options;
    this.#options = options;
    this.#table = new Table(`${title}, ${unit}, over the last 15 minutes`, [
      { title: "When", isShort: true },
      ...lines.map(({ label }) => ({ title: label, isNumber: true })),
    ]);
    this.element = element(
      "details",
      { class: "as-table" },
      element("summary", { "aria-label": `Show as table: ${title}` }, "Show as table"),
      // Longer than the window, so that it scrolls by itself, by keyboard too.
      element("div", { tabindex: "0", role: "region", "aria-label": `${title} as a table` }, this.#table.element),
    );
    this.element.addEventListener("toggle", () => this.#draw());
  }

  show(samples: readonly Sample[]): void {
    this.#samples = samples;
    this.#draw();
  }

  #draw(): void {
    if (!this.element.open) return;
    const { lines, format } = this.#options;
    this.#table.show(
      this.#samples.toReversed().map((sample) => ({
        key: String(sample.at),
        cells: [{ text: time(sample.at, sample.at) }, ...lines.map(({ value }) => ({ text: format(value(sample)) }))],
      })),
    );
  }
}
