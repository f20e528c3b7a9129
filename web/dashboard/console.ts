import type { Overview } from "../../src/faces/operator/wire.ts";
import { byId } from "../shared/dom.ts";
import { token } from "./access.ts";
import { searchHref } from "./address.ts";
import { element, setAttribute, setText } from "./element.ts";
import { duration } from "./format.ts";
import type { Live, LinkState } from "./live.ts";

/** Figures of this age are still called live: one second, and what the way may take. */
const FRESH_MS = 3_000;

/** The line above every view: how the connection is, how old the figures are, and the search. */
export class Console {
  readonly #live: Live;
  readonly #announce: (sentence: string) => void;
  readonly #status = byId("status", HTMLElement);
  readonly #age = byId("age", HTMLElement);
  readonly #retry = byId("retry", HTMLButtonElement);
  readonly #notices = byId("notices", HTMLElement);
  #state: LinkState = { name: "connecting" };
  #overview: Overview | null = null;

  constructor(live: Live, announce: (sentence: string) => void) {
    this.#live = live;
    this.#announce = announce;
    this.#retry.addEventListener("click", () => live.retry());
    const signOut = byId("sign-out", HTMLButtonElement);
    signOut.hidden = token.get() === null;
    signOut.addEventListener("click", () => {
      token.forget();
      location.reload();
    });
    offerSearch();
    setInterval(() => this.#tick(), 1_000);
  }

  state(state: LinkState): void {
    const before = this.#state.name;
    this.#state = state;
    if (state.name === before) return;
    if (state.name === "lost") this.#announce(`The connection is lost. ${state.why}`);
    if (state.name === "live" && before === "lost") this.#announce("Connected again.");
    this.#tick();
  }

  overview(overview: Overview): void {
    this.#overview = overview;
    const { node, version, mayAct } = overview;
    setText(
      byId("about", HTMLElement),
      `node ${node.slice(0, 8)}, version ${version}${mayAct ? "" : ", to look only"}`,
    );
    this.#tick();
  }

  #tick(): void {
    const { age } = this.#live;
    const isLive = this.#state.name === "live";
    const isFresh = isLive && age !== null && age < FRESH_MS;
    setText(
      this.#status,
      isFresh ? "Live" : isLive ? "No news" : this.#state.name === "lost" ? "Connection lost" : "Connecting",
    );
    setAttribute(this.#status, "data-state", isFresh ? "connected" : this.#state.name === "lost" ? "failed" : "asking");
    setAttribute(document.body, "data-state", isFresh ? "live" : this.#state.name);
    this.#retry.hidden = this.#state.name !== "lost";
    setText(this.#age, this.#ageInWords(age, isFresh));
    this.#showNotices();
  }

  #ageInWords(age: number | null, isFresh: boolean): string {
    if (isFresh || age === null) return this.#state.name === "lost" ? this.#state.why : "";
    const old = `figures are ${duration(Math.max(1, Math.floor(age / 1_000)) * 1_000)} old`;
    if (this.#state.name !== "lost") return old;
    const wait = Math.max(0, Math.ceil((this.#state.retryAt - performance.now()) / 1_000));
    return `${this.#state.why} The ${old}; trying again${wait === 0 ? "" : ` in ${wait} s`}.`;
  }

  #showNotices(): void {
    const texts = this.#overview === null ? [] : noticesOf(this.#overview);
    const before = [...this.#notices.children].map(({ textContent }) => textContent);
    if (texts.join("\n") === before.join("\n")) return;
    this.#notices.replaceChildren(...texts.map((text) => element("li", {}, text)));
    this.#notices.hidden = texts.length === 0;
    for (const text of texts) if (!before.includes(text)) this.#announce(text);
  }
}

/** What somebody should know wherever they are. */
function noticesOf({ nodes, troubles }: Overview): readonly string[] {
  const draining = nodes.some(({ isSelf, state }) => isSelf && state === "draining")
    ? [
        "The node that this page is connected to is going down; the page connects to another one by itself if there is one.",
      ]
    : [];
  return [...draining, ...troubles.map(({ node, text }) => `Node ${node.slice(0, 8)}: ${text}`)];
}

function offerSearch(): void {
  const form = byId("search", HTMLFormElement);
  const field = form.querySelector("input")!;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.hash = searchHref(field.value.trim());
    field.blur();
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = (event.target as Element).closest("input, select, textarea, dialog") !== null;
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}
