import { element, setAttribute, setText } from "./element.ts";
import type { Tone } from "./tone.ts";

export interface Fact {
  readonly name: string;
  readonly text: string;
  readonly href?: string | undefined;
  readonly tone?: Tone | undefined;
}

/** Names and values, kept up to date in place. */
export class Facts {
  readonly element = element("dl", { class: "facts card" });
  readonly #values = new Map<string, HTMLElement>();

  show(facts: readonly Fact[]): void {
    const names = facts.map(({ name }) => name);
    if (names.join("\n") !== [...this.#values.keys()].join("\n")) this.#rebuild(facts);
    for (const { name, text, href, tone } of facts) {
      const value = this.#values.get(name)!;
      setText(value, text);
      setAttribute(value, "href", href ?? null);
      setAttribute(value, "class", tone === undefined ? null : "badge");
      setAttribute(value, "data-tone", tone ?? null);
    }
  }

  #rebuild(facts: readonly Fact[]): void {
    this.#values.clear();
    for (const { name, href } of facts) this.#values.set(name, element(href === undefined ? "span" : "a"));
    const rows = [...this.#values].map(([name, value]) =>
      element("div", {}, element("dt", {}, name), element("dd", {}, value)),
    );
    this.element.replaceChildren(...rows);
  }
}
