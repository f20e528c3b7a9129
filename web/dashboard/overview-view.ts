import type { Overview, Sample } from "../../src/faces/operator/wire.ts";
import { Charts } from "./charts.ts";
import { element } from "./element.ts";
import { Panels } from "./panels.ts";
import { Tiles } from "./tiles.ts";
import type { View } from "./view.ts";

/** Everything at a glance. */
export class OverviewView implements View {
  readonly title = "Overview";
  readonly element: HTMLElement;
  readonly #start = firstSteps();
  readonly #tiles = new Tiles();
  readonly #charts = new Charts();
  readonly #panels = new Panels();

  constructor() {
    this.element = element(
      "div",
      {},
      element("h1", { tabindex: "-1" }, "Overview"),
      this.#start,
      this.#tiles.element,
      element("h2", { class: "unseen" }, "The last 15 minutes"),
      this.#charts.element,
      this.#panels.element,
    );
  }

  overview(overview: Overview): void {
    this.#start.hidden = !isDeserted(overview);
    this.#tiles.show(overview);
    this.#panels.show(overview);
  }

  samples(samples: readonly Sample[]): void {
    this.#charts.show(samples);
  }

  close(): void {
    this.#charts.close();
  }
}

/** True if nobody uses the server, so that all there is to see are zeros. */
function isDeserted({ hosts, devices, queues, matches, sessions, rooms, videoChat }: Overview): boolean {
  const counts = [...hosts, ...matches, ...sessions].map(({ count }) => count);
  const others = [devices.online, rooms.open, videoChat.online, ...queues.map(({ waiting }) => waiting)];
  return [...counts, ...others].every((count) => count === 0);
}

function firstSteps(): HTMLElement {
  return element(
    "section",
    { class: "card first-steps", hidden: true },
    element("h2", {}, "Nobody is here yet"),
    element(
      "p",
      {},
      "Try one of the ",
      element("a", { href: "/demo" }, "demos"),
      ", or let a whole world come and go:",
    ),
    element("pre", { tabindex: "0" }, element("code", {}, `npm run rendezvous -- simulate --url ${location.origin}`)),
  );
}
