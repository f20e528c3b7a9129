import type { Item, Kind, List, Overview } from "../../src/faces/operator/wire.ts";
import { askJson, inWords } from "./access.ts";
import { listHref, type Filter } from "./address.ts";
import { element, setText } from "./element.ts";
import { filterForm } from "./filter-form.ts";
import { Follower } from "./follower.ts";
import { columnsOf, rowOf } from "./item-row.ts";
import { emptiness, kinds } from "./kinds.ts";
import { Table } from "./table.ts";
import type { Dashboard, View } from "./view.ts";

/** Rows of a page. */
const LIMIT = 50;

/** The objects of one kind, a page at a time. */
export class ListView implements View {
  readonly title: string;
  readonly element: HTMLElement;
  readonly #kind: Kind;
  readonly #filter: Filter;
  readonly #dashboard: Dashboard;
  readonly #follower: Follower;
  readonly #table: Table;
  readonly #filters = element("div");
  readonly #message = element("p", { class: "message-line", role: "status" }, "Loading …");
  /** Not read out: it changes whenever somebody comes or goes. */
  readonly #count = element("p", { class: "message-line" });
  readonly #changed = element("button", { type: "button", hidden: true }, "The list has changed: show it as it is now");
  readonly #pages = element("nav", { class: "bar", "aria-label": "Pages of the list" });
  /** What is shown, and what will be once nobody is in the middle of it. */
  #items: readonly Item[] = [];
  #waiting: List | null = null;

  constructor(kind: Kind, filter: Filter, dashboard: Dashboard) {
    const { title } = kinds[kind];
    this.title = title;
    this.#kind = kind;
    this.#filter = filter;
    this.#dashboard = dashboard;
    this.#table = new Table(title, []);
    this.#table.element.hidden = true;
    this.#changed.addEventListener("click", () => this.#catchUp());
    this.element = element(
      "div",
      {},
      element("p", { class: "crumbs" }, element("a", { href: "#/" }, "Overview"), " /"),
      element("h1", { tabindex: "-1" }, title),
      this.#filters,
      this.#message,
      this.#count,
      this.#changed,
      this.#table.element,
      this.#pages,
    );
    this.#follower = new Follower(kind, () => this.#load());
    void this.#follower.load();
  }

  overview(overview: Overview): void {
    this.#draw();
    this.#follower.overview(overview);
  }

  async #load(): Promise<void> {
    const query = new URLSearchParams({ ...this.#filter, limit: String(LIMIT) });
    try {
      this.#take(await askJson<List>(`/admin/${this.#kind}?${query.toString()}`));
    } catch (error) {
      setText(this.#message, `The list cannot be shown: ${inWords(error)}`);
    }
  }

  #take(list: List): void {
    if (this.#filters.childElementCount === 0) {
      this.#filters.append(filterForm(this.#kind, this.#filter, list.states));
    }
    const ids = (items: readonly Item[]): string => JSON.stringify(items.map(({ id }) => id));
    // Rows must not move under somebody's pointer or focus.
    if (this.#isInUse() && ids(list.items) !== ids(this.#items)) {
      const news = new Map(list.items.map((item) => [item.id, item]));
      this.#items = this.#items.map((item) => news.get(item.id) ?? item);
      this.#waiting = list;
      this.#changed.hidden = false;
    } else this.#show(list);
    this.#draw();
  }

  #catchUp(): void {
    if (this.#waiting === null) return;
    this.#show(this.#waiting);
    this.#draw();
    this.element.querySelector("h1")!.focus();
  }

  #show({ items, next }: List): void {
    this.#items = items;
    this.#waiting = null;
    this.#changed.hidden = true;
    const { cursor, ...first } = this.#filter;
    const links = [
      cursor === undefined ? null : element("a", { class: "button", href: listHref(this.#kind, first) }, "First page"),
      next === null
        ? null
        : element("a", { class: "button", href: listHref(this.#kind, { ...first, cursor: next }) }, "Next page"),
    ];
    const shown = links.filter((link) => link !== null);
    const before = [...this.#pages.children].map((link) => link.getAttribute("href"));
    if (JSON.stringify(before) !== JSON.stringify(shown.map((link) => link.getAttribute("href")))) {
      this.#pages.replaceChildren(...shown);
    }
    this.#pages.hidden = shown.length === 0;
    setText(this.#message, "");
    const isAll = Object.keys(this.#filter).length === 0;
    if (items.length > 0 || !isAll || next !== null) setText(this.#count, this.#summary(items.length, next !== null));
    else this.#count.replaceChildren(...emptiness(this.#kind));
  }

  #summary(shown: number, isMore: boolean): string {
    const { title, one } = kinds[this.#kind];
    // A page ends, too, when many were looked at and few were meant.
    if (shown === 0 && isMore) return `No ${one} like that among those looked at; the next page goes on.`;
    if (shown === 0) return `No ${one} is like that right now.`;
    if (isMore) return `${shown} shown; there are more on the next page.`;
    return this.#filter.cursor === undefined ? `${shown} in all.` : `The last ${shown} of ${title.toLowerCase()}.`;
  }

  /** Also lets the ages grow. */
  #draw(): void {
    const now = this.#dashboard.overview?.at ?? Date.now();
    this.#table.columns = columnsOf(this.#kind, this.#items);
    this.#table.show(this.#items.map((item) => rowOf(this.#kind, item, this.#items, now)));
    this.#table.element.hidden = this.#items.length === 0;
  }

  #isInUse(): boolean {
    const { element } = this.#table;
    return element.matches(":hover") || element.contains(document.activeElement);
  }
}
