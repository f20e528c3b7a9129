import { element, setAttribute, setText } from "./element.ts";
import type { Tone } from "./tone.ts";

export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
  /** What stands in it is short and never broken. */
  readonly isShort?: boolean;
}

export interface Cell {
  readonly text: string;
  readonly href?: string | undefined;
  /** Shown as a badge of this tone. */
  readonly tone?: Tone | undefined;
  /** Shown in the type of code, and broken anywhere. */
  readonly isCode?: boolean;
}

export interface Row {
  readonly key: string;
  readonly cells: readonly Cell[];
}

/**
 * A table that is kept up to date in place: rows keep their elements, so that neither focus nor selection is lost, and
 * only what is new is drawn. The roles say again what the elements mean, because narrow windows show rows as cards.
 */
export class Table {
  readonly element: HTMLTableElement;
  readonly #body = element("tbody", { role: "rowgroup" });
  readonly #head = element("tr", { role: "row" });
  readonly #rows = new Map<string, HTMLTableRowElement>();
  #columns: readonly Column[] = [];

  /** @param caption says what it lists, to those who cannot see what stands around it */
  constructor(caption: string, columns: readonly Column[]) {
    this.element = element(
      "table",
      { role: "table", class: "data" },
      element("caption", { class: "unseen" }, caption),
      element("thead", { role: "rowgroup" }, this.#head),
      this.#body,
    );
    this.columns = columns;
    this.element.addEventListener("keydown", (event) => this.#walk(event));
  }

  set columns(columns: readonly Column[]) {
    const isSame =
      columns.length === this.#columns.length && columns.every((one, at) => one.title === this.#columns[at]!.title);
    if (isSame) return;
    this.#columns = columns;
    this.#head.replaceChildren(
      ...columns.map(({ title, isNumber = false }) =>
        element("th", { role: "columnheader", scope: "col", class: isNumber ? "number" : null }, title),
      ),
    );
  }

  /** The keys of the rows, in their order. */
  get keys(): readonly string[] {
    return [...this.#rows.keys()];
  }

  show(rows: readonly Row[]): void {
    const keep = new Set(rows.map(({ key }) => key));
    for (const [key, row] of this.#rows) {
      if (keep.has(key)) continue;
      row.remove();
      this.#rows.delete(key);
    }
    const before = new Map(this.#rows);
    this.#rows.clear();
    rows.forEach(({ key, cells }, at) => {
      const row = before.get(key) ?? element("tr", { role: "row" });
      this.#rows.set(key, row);
      this.#fill(row, cells);
      const there = this.#body.children[at];
      if (there !== row) this.#body.insertBefore(row, there ?? null);
    });
  }

  #fill(row: HTMLTableRowElement, cells: readonly Cell[]): void {
    while (row.cells.length > cells.length) row.deleteCell(-1);
    cells.forEach((cell, at) => {
      const { title, isNumber = false, isShort = false } = this.#columns[at]!;
      let place = row.cells[at];
      if (place === undefined) row.append((place = element("td", { role: "cell" })));
      setAttribute(place, "data-label", title);
      setAttribute(place, "class", isNumber ? "number" : isShort ? "short" : null);
      fillCell(place, cell);
    });
  }

  /** Arrow keys go from row to row. */
  #walk(event: KeyboardEvent): void {
    const links = [...this.#body.querySelectorAll<HTMLElement>("tr > td:first-child a")];
    const row = (event.target as Element).closest("tr");
    const at = links.findIndex((link) => link.closest("tr") === row);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
    if (at < 0 || to === undefined || links[to] === undefined) return;
    event.preventDefault();
    links[to].focus();
  }
}

function fillCell(place: Element, { text, href, tone, isCode = false }: Cell): void {
  const name = href === undefined ? "span" : "a";
  let inner = place.firstElementChild;
  if (inner?.localName !== name) {
    inner = element(name);
    place.replaceChildren(inner);
  }
  setAttribute(inner, "href", href ?? null);
  setAttribute(inner, "class", tone === undefined ? (isCode ? "code" : null) : "badge");
  setAttribute(inner, "data-tone", tone ?? null);
  setText(inner, text);
}
