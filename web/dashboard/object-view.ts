import type { Action, Item, Kind, ObjectView as ObjectAnswer, Overview } from "../../src/faces/operator/wire.ts";
import { askJson, inWords, Refused } from "./access.ts";
import { listHref, objectHref } from "./address.ts";
import { confirmAction } from "./confirm.ts";
import { element, setText } from "./element.ts";
import { Facts, type Fact } from "./facts.ts";
import { Follower } from "./follower.ts";
import { ago, duration, field, NOTHING, time, words } from "./format.ts";
import { kinds } from "./kinds.ts";
import { Table } from "./table.ts";
import { stateWords, toneOf } from "./tone.ts";
import type { Dashboard, View } from "./view.ts";

/** One object: what is known of it, why it waits, what may be done to it, and what has happened to it. */
export class ObjectView implements View {
  readonly title: string;
  readonly element: HTMLElement;
  readonly #path: string;
  readonly #kind: Kind;
  readonly #dashboard: Dashboard;
  readonly #follower: Follower;
  readonly #heading: HTMLElement;
  readonly #message = element("p", { class: "message-line", role: "status" }, "Loading …");
  readonly #actions = element("div", { class: "bar" });
  readonly #waiting = element("section", { class: "card waiting", hidden: true });
  readonly #facts = new Facts();
  readonly #history = new Table("History", [
    { title: "When" },
    { title: "What" },
    { title: "Detail" },
    { title: "Node" },
  ]);
  readonly #body: HTMLElement;
  #object: ObjectAnswer | null = null;
  #offered = "";
  #reasons = "";

  constructor(kind: Kind, id: string, dashboard: Dashboard) {
    const { title, one } = kinds[kind];
    this.title = `${one} ${id}`;
    this.#kind = kind;
    this.#path = `/admin/${kind}/${encodeURIComponent(id.toWellFormed())}`;
    this.#dashboard = dashboard;
    this.#heading = element("h1", { tabindex: "-1", class: "object" }, id);
    this.#body = element(
      "div",
      { hidden: true },
      this.#actions,
      this.#waiting,
      this.#facts.element,
      element("h2", {}, "History"),
      this.#history.element,
    );
    this.element = element(
      "div",
      {},
      element(
        "p",
        { class: "crumbs" },
        element("a", { href: "#/" }, "Overview"),
        " / ",
        element("a", { href: listHref(kind) }, title),
        " /",
      ),
      this.#heading,
      this.#message,
      this.#body,
    );
    this.#follower = new Follower(kind, () => this.#load());
    void this.#follower.load();
  }

  overview(overview: Overview): void {
    this.#draw();
    this.#follower.overview(overview);
  }

  async #load(): Promise<void> {
    try {
      this.#object = await askJson<ObjectAnswer>(this.#path);
      if (this.#body.hidden) setText(this.#message, "");
      this.#body.hidden = false;
      this.#draw();
    } catch (error) {
      const isGone = error instanceof Refused && error.status === 404;
      setText(this.#message, isGone ? this.#gone() : `This cannot be shown as it is now: ${inWords(error)}`);
      if (isGone) this.#offer([]);
    }
  }

  #gone(): string {
    const { one } = kinds[this.#kind];
    if (this.#object === null) return `There is no such ${one}: it has ended long ago, or never was.`;
    return `This ${one} is gone; below is how it was last.`;
  }

  #draw(): void {
    const object = this.#object;
    if (object === null) return;
    const now = this.#dashboard.overview?.at ?? Date.now();
    setText(this.#heading, object.label);
    this.#facts.show(factsOf(object, now));
    this.#offer(object.actions);
    this.#explain(object, now);
    const { history } = object;
    this.#history.show(
      history
        .map(({ at, node, what, detail }, index) => ({
          key: String(index),
          cells: [
            { text: time(at, now) },
            { text: what },
            { text: detail ?? NOTHING },
            node === null
              ? { text: "records" }
              : { text: node.slice(0, 8), href: objectHref("nodes", node), isCode: true },
          ],
        }))
        .toReversed(),
    );
    this.#history.element.hidden = history.length === 0;
    const heading = this.#history.element.previousElementSibling!;
    setText(heading, history.length === 0 ? "No history yet" : "History");
  }

  #explain({ waiting }: ObjectAnswer, now: number): void {
    this.#waiting.hidden = waiting === undefined;
    if (waiting === undefined) return;
    const reasons = JSON.stringify(waiting.reasons);
    if (reasons !== this.#reasons) {
      this.#reasons = reasons;
      this.#waiting.replaceChildren(
        element("h2", {}, "Why it still waits"),
        element("ul", {}, ...waiting.reasons.map((reason) => element("li", {}, reason))),
        element("p", { class: "quiet" }),
      );
    }
    setText(this.#waiting.lastElementChild!, `Waiting for ${duration(Math.max(0, now - waiting.since))}.`);
  }

  #offer(actions: readonly Action[]): void {
    const offered = JSON.stringify(actions);
    if (offered === this.#offered) return;
    this.#offered = offered;
    this.#actions.replaceChildren(
      ...actions.map((action) => {
        const button = element("button", { type: "button", "data-action": action.name }, `${action.label} …`);
        button.addEventListener("click", () => void this.#act(action));
        return button;
      }),
    );
  }

  async #act(action: Action): Promise<void> {
    const done = await confirmAction(action, `${kinds[this.#kind].one} ${this.#object!.label}`);
    if (done === null) return;
    setText(this.#message, done.message);
    await this.#follower.load();
    this.#heading.focus();
  }
}

function factsOf(object: Item, now: number): readonly Fact[] {
  const { id, state, face, region, node, since, fields, links } = object;
  const facts: (Fact | null)[] = [
    { name: "Id", text: id },
    state === null ? null : { name: "State", text: stateWords(state), tone: toneOf(state) },
    face === null ? null : { name: "Face", text: face },
    region === null ? null : { name: "Region", text: region, href: listHref("hosts", { region }) },
    node === null || object.kind === "nodes" ? null : { name: "Node", text: node, href: objectHref("nodes", node) },
    since === null ? null : { name: "Since", text: `${time(since, now)}, ${ago(since, now)}` },
    ...Object.entries(fields).map(([name, value]) => ({ name: words(name), text: field(name, value, now) })),
    ...links.map(({ as, kind, id }, at) => ({
      name: links.findIndex((one) => one.as === as) === at ? words(as) : `${words(as)} ${at + 1}`,
      text: id,
      href: objectHref(kind, id),
    })),
  ];
  // What is said twice is said once, as the link.
  return [...new Map(facts.filter((fact) => fact !== null).map((fact) => [fact.name, fact])).values()];
}
