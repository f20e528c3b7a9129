import type { Sample } from "../../src/faces/operator/wire.ts";
import { listHref } from "./address.ts";
import { Chart } from "./chart.ts";
import type { ChartOptions } from "./chart-options.ts";
import { element } from "./element.ts";
import { duration, number, rate } from "./format.ts";

/** In ms; nothing is measured finer, and there is no logarithm of zero. */
const FINEST_MS = 0.1;

const atLeast = (ms: number | null): number | null => (ms === null ? null : Math.max(FINEST_MS, ms));

const hostsThatAre = (state: string): string => listHref("hosts", { state });

const charts: readonly ChartOptions[] = [
  {
    title: "Requests and messages",
    unit: "per second",
    format: rate,
    lines: [
      { label: "requests", colour: 1, href: listHref("nodes"), value: ({ rates }) => rates.requests },
      { label: "messages", colour: 2, drawn: "dashed", href: listHref("nodes"), value: ({ rates }) => rates.messages },
    ],
  },
  {
    title: "Latency of requests",
    unit: "percentiles",
    format: duration,
    isLogarithmic: true,
    lines: [
      { label: "p50", colour: 1, value: ({ latency }) => atLeast(latency.p50) },
      { label: "p95", colour: 2, drawn: "dashed", value: ({ latency }) => atLeast(latency.p95) },
      { label: "p99", colour: 3, drawn: "dotted", value: ({ latency }) => atLeast(latency.p99) },
    ],
  },
  {
    title: "Refusals and errors",
    unit: "per second",
    format: rate,
    lines: [
      {
        label: "refusals (4xx)",
        colour: 2,
        drawn: "dashed",
        href: listHref("refusals", { state: "refused" }),
        value: ({ rates }) => rates.refusals,
      },
      {
        label: "errors (5xx)",
        colour: 3,
        href: listHref("refusals", { state: "failed" }),
        value: ({ rates }) => rates.errors,
      },
    ],
  },
  {
    title: "Hosts",
    unit: "by state",
    format: number,
    isWhole: true,
    lines: [
      { label: "idle", colour: 2, href: hostsThatAre("idle,ONLINE"), value: ({ hosts }) => hosts.idle },
      {
        label: "allocated",
        colour: 3,
        drawn: "dotted",
        href: hostsThatAre("allocated"),
        value: ({ hosts }) => hosts.allocated,
      },
      {
        label: "busy",
        colour: 1,
        drawn: "dashed",
        href: hostsThatAre("busy,BUSY"),
        value: ({ hosts }) => hosts.busy,
      },
    ],
  },
  {
    title: "From waiting to playing",
    unit: "right now",
    format: number,
    isWhole: true,
    lines: [
      {
        label: "waiting",
        colour: 3,
        drawn: "dotted",
        href: listHref("tickets", { state: "waiting" }),
        value: ({ waiting }) => waiting,
      },
      {
        label: "matches",
        colour: 1,
        href: listHref("matches", { state: "playing,talking" }),
        value: ({ matches }) => matches,
      },
      {
        label: "sessions",
        colour: 2,
        drawn: "dashed",
        href: listHref("sessions", { state: "ACTIVE" }),
        value: ({ sessions }) => sessions,
      },
    ],
  },
  {
    title: "Sockets",
    unit: "open, all nodes",
    format: number,
    isWhole: true,
    lines: [{ label: "sockets", colour: 1, href: listHref("nodes"), value: ({ sockets }) => sockets }],
  },
];

/** All charts, side by side where there is room. */
export class Charts {
  readonly element: HTMLElement;
  readonly #charts = charts.map((options) => new Chart(options));

  constructor() {
    this.element = element("div", { class: "charts" }, ...this.#charts.map((chart) => chart.element));
  }

  show(samples: readonly Sample[]): void {
    for (const chart of this.#charts) chart.show(samples);
  }

  close(): void {
    for (const chart of this.#charts) chart.close();
  }
}
