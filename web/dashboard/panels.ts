import type { Overview } from "../../src/faces/operator/wire.ts";
import { listHref, objectHref } from "./address.ts";
import { element } from "./element.ts";
import { ago, bytes, duration, number, rate } from "./format.ts";
import { hostRows, MOST_ROWS, statesOf } from "./host-rows.ts";
import { emptiness } from "./kinds.ts";
import { Table, type Column, type Row } from "./table.ts";
import { stateWords, toneOf } from "./tone.ts";

interface PanelOptions {
  readonly title: string;
  /** Where all of it is. */
  readonly href: string | null;
  readonly columns: readonly Column[] | ((overview: Overview) => readonly Column[]);
  /** What is said if there is no row. */
  readonly empty: () => readonly (string | HTMLElement)[];
  rows(overview: Overview): readonly Row[];
}

const numbers = (...titles: readonly string[]): readonly Column[] => titles.map((title) => ({ title, isNumber: true }));

const columns: readonly (readonly PanelOptions[])[] = [
  [
    {
      title: "Nodes",
      href: listHref("nodes"),
      columns: [
        { title: "Node", isShort: true },
        { title: "State" },
        ...numbers("Up for", "Requests/s", "Sockets", "Loop delay", "Memory"),
      ],
      empty: () => emptiness("nodes"),
      rows: ({ nodes, at }) =>
        nodes.map(({ id, state, since, requestsPerSecond, sockets, loopDelayMs, rss, seenMs }) => ({
          key: id,
          cells: [
            { text: id.slice(0, 8), href: objectHref("nodes", id), isCode: true },
            { text: state === "gone" ? `gone ${ago(at - seenMs, at)}` : state, tone: toneOf(state) },
            { text: since === null ? duration(null) : duration(Math.max(1_000, at - since)) },
            { text: rate(requestsPerSecond) },
            { text: number(sockets) },
            { text: duration(loopDelayMs) },
            { text: bytes(rss) },
          ],
        })),
    },
    {
      title: "Queues, last 15 minutes",
      href: listHref("tickets"),
      columns: [
        { title: "Queue", isShort: true },
        ...numbers("Waiting", "Longest", "Wait p50", "Wait p95", "Matched", "Given up"),
      ],
      empty: () => ["No face with a queue is on (setting FACES)."],
      rows: ({ queues }) =>
        queues.map(({ name, waiting, oldestSeconds, waitP50Ms, waitP95Ms, formed, expired }) => ({
          key: name,
          cells: [
            { text: name, href: listHref("tickets", { state: "waiting", q: name }) },
            { text: number(waiting), href: listHref("tickets", { state: "waiting", q: name }) },
            { text: duration(oldestSeconds === null ? null : oldestSeconds * 1_000) },
            { text: duration(waitP50Ms) },
            { text: duration(waitP95Ms) },
            { text: number(formed) },
            { text: number(expired) },
          ],
        })),
    },
    {
      title: "Recent errors",
      href: listHref("errors"),
      columns: [{ title: "Error" }, { title: "Where" }, ...numbers("Times", "Last")],
      empty: () => emptiness("errors"),
      rows: ({ errors, at: now }) =>
        errors.slice(0, 8).map(({ id, at, text, route, count }) => ({
          key: id,
          cells: [
            { text, href: objectHref("errors", id) },
            { text: route ?? "–", isCode: true },
            { text: number(count), href: objectHref("errors", id) },
            { text: ago(at, now) },
          ],
        })),
    },
  ],
  [
    {
      title: "Hosts by region",
      href: listHref("hosts"),
      columns: ({ hosts }) => [
        { title: "Face", isShort: true },
        { title: "Region" },
        ...numbers(...statesOf(hosts).map(stateWords)),
      ],
      empty: () => emptiness("hosts"),
      rows: ({ hosts }) => hostRows(hosts),
    },
    {
      title: "Latency by face",
      href: null,
      columns: [{ title: "Face", isShort: true }, ...numbers("p50", "p95", "p99")],
      empty: () => ["No requests in the last seconds."],
      rows: ({ latency }) =>
        Object.entries(latency.byFace).map(([face, { p50, p95, p99 }]) => ({
          key: face,
          cells: [{ text: face }, { text: duration(p50) }, { text: duration(p95) }, { text: duration(p99) }],
        })),
    },
  ],
];

/** The tables of the overview. */
export class Panels {
  readonly element = element("div", { class: "panels" });
  readonly #panels = columns.flat().map((options) => new Panel(options));

  constructor() {
    // A column each, so that one which grows moves nothing in the other.
    const elements = this.#panels.map((panel) => panel.element);
    for (const { length } of columns) this.element.append(element("div", {}, ...elements.splice(0, length)));
  }

  show(overview: Overview): void {
    for (const panel of this.#panels) panel.show(overview);
  }
}

class Panel {
  readonly element: HTMLElement;
  readonly #options: PanelOptions;
  readonly #table: Table;
  readonly #empty: HTMLElement;

  constructor(options: PanelOptions) {
    this.#options = options;
    const { title, href, columns, empty } = options;
    this.#table = new Table(title, typeof columns === "function" ? [] : columns);
    this.#empty = element("p", { class: "quiet" }, ...empty());
    const all = href === null ? null : element("a", { href, "aria-label": `All: ${title}` }, "All");
    this.element = element(
      "section",
      { class: "card panel" },
      element("header", {}, element("h2", {}, title), all),
      this.#table.element,
      this.#empty,
    );
  }

  show(overview: Overview): void {
    const { columns, rows } = this.#options;
    const shown = rows(overview);
    if (typeof columns === "function") this.#table.columns = columns(overview);
    const left = shown.length - MOST_ROWS;
    const more = { key: "more", cells: [{ text: `and ${left} more` }] };
    this.#table.show(left > 0 ? [...shown.slice(0, MOST_ROWS), more] : shown);
    this.#table.element.hidden = shown.length === 0;
    this.#empty.hidden = shown.length > 0;
  }
}
