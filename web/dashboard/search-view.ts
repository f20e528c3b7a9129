import type { Found } from "../../src/faces/operator/wire.ts";
import { askJson, inWords } from "./access.ts";
import { objectHref } from "./address.ts";
import { element, setText } from "./element.ts";
import { kinds } from "./kinds.ts";
import { Table } from "./table.ts";
import type { View } from "./view.ts";

/** Whatever has this id. If that is one thing, it is opened at once. */
export class SearchView implements View {
  readonly title: string;
  readonly element: HTMLElement;
  readonly #q: string;
  readonly #message = element("p", { class: "message-line", role: "status" }, "Searching …");
  #isClosed = false;
  readonly #table = new Table("What was found", [{ title: "Name" }, { title: "Kind" }, { title: "Id" }]);

  constructor(q: string) {
    this.title = `Search for ${q}`;
    this.#q = q;
    this.#table.element.hidden = true;
    this.element = element(
      "div",
      {},
      element("p", { class: "crumbs" }, element("a", { href: "#/" }, "Overview"), " /"),
      element("h1", { tabindex: "-1", class: "object" }, q === "" ? "Search" : `Search: ${q}`),
      this.#message,
      this.#table.element,
    );
    void this.#search();
  }

  close(): void {
    this.#isClosed = true;
  }

  async #search(): Promise<void> {
    const hint =
      "Put the id of a host, device, user, player, room, ticket, match, session, stream or node into the search field. " +
      "The id of a request finds what it has changed lately; whatever else it did is in the nodes' log.";
    if (this.#q === "") return setText(this.#message, hint);
    try {
      const { items } = await askJson<Found>(`/admin/search?${new URLSearchParams({ q: this.#q }).toString()}`);
      if (this.#isClosed) return;
      const [first] = items;
      // Replaced, so that "back" does not lead here and at once away again.
      if (first !== undefined && items.length === 1) return location.replace(objectHref(first.kind, first.id));
      setText(
        this.#message,
        items.length === 0 ? `Nothing is called so, now or lately. ${hint}` : `${items.length} found.`,
      );
      this.#table.element.hidden = items.length === 0;
      this.#table.show(
        items.map(({ kind, id, label }) => ({
          key: `${kind} ${id}`,
          cells: [{ text: label, href: objectHref(kind, id) }, { text: kinds[kind].one }, { text: id, isCode: true }],
        })),
      );
    } catch (error) {
      setText(this.#message, `The search did not work: ${inWords(error)}`);
    }
  }
}
