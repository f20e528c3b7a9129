import type { Kind, Overview } from "../../src/faces/operator/wire.ts";
import { listHref, type Filter } from "./address.ts";
import { element, setAttribute, setText } from "./element.ts";
import { count, duration, number } from "./format.ts";
import { kinds } from "./kinds.ts";
import { stateWords, toneOf } from "./tone.ts";

/** A number beside or below the one that a tile is about. */
interface Note {
  readonly text: string;
  readonly href?: string;
}

interface TileOptions {
  readonly kind: Kind;
  /** What its list is narrowed to. */
  readonly filter?: Filter;
  readonly title: string;
  value(overview: Overview): number;
  notes(overview: Overview): readonly Note[];
  /** True if somebody should look. */
  isBad?(overview: Overview): boolean;
}

const sum = (all: readonly { readonly count: number }[]): number => all.reduce((total, one) => total + one.count, 0);

/** More would hide the number that a tile is about; the list has them all. */
const MOST_STATES = 4;

/** What counts several states as one leads to all of them. */
const together: Readonly<Record<string, string>> = { over: "ENDED,FAILED" };

/** The states with their counts, most first; each leads to its list. */
function byState(kind: Kind, all: readonly { readonly state: string; readonly count: number }[]): readonly Note[] {
  const counts = new Map<string, number>();
  for (const { state, count } of all) counts.set(state, (counts.get(state) ?? 0) + count);
  return [...counts]
    .filter(([, count]) => count > 0)
    .sort(([, one], [, other]) => other - one)
    .slice(0, MOST_STATES)
    .map(([state, count]) => ({
      text: `${number(count)} ${stateWords(state)}`,
      href: listHref(kind, { state: together[state] ?? state }),
    }));
}

const tiles: readonly TileOptions[] = [
  {
    kind: "nodes",
    title: "Nodes up",
    value: ({ nodes }) => nodes.filter(({ state }) => state === "up").length,
    notes: ({ nodes }) =>
      byState(
        "nodes",
        nodes.filter(({ state }) => state !== "up").map(({ state }) => ({ state, count: 1 })),
      ),
    isBad: ({ nodes }) => nodes.some(({ state }) => toneOf(state) === "bad"),
  },
  {
    kind: "hosts",
    title: "Hosts",
    value: ({ hosts }) => sum(hosts),
    notes: ({ hosts }) => byState("hosts", hosts),
  },
  {
    kind: "devices",
    title: "Devices online",
    value: ({ devices }) => devices.online,
    notes: ({ users }) => [{ text: `of ${count(users.online, "user")}`, href: listHref("devices") }],
  },
  {
    kind: "tickets",
    filter: { state: "waiting" },
    title: "Waiting",
    value: ({ queues }) => queues.reduce((total, { waiting }) => total + waiting, 0),
    notes({ queues }) {
      const oldest = Math.max(...queues.map(({ oldestSeconds }) => oldestSeconds ?? 0), 0);
      return oldest === 0
        ? []
        : [{ text: `longest ${duration(oldest * 1_000)}`, href: listHref("tickets", { state: "waiting" }) }];
    },
  },
  {
    kind: "matches",
    filter: { state: "playing,talking" },
    title: "Matches",
    value: ({ matches }) => sum(matches),
    notes: ({ matches }) => byState("matches", matches),
  },
  {
    kind: "sessions",
    filter: { state: "PENDING,ACTIVE" },
    title: "Sessions",
    value: ({ sessions }) => sum(sessions.filter(({ state }) => state !== "over")),
    notes: ({ sessions }) => byState("sessions", sessions),
  },
  {
    kind: "streams",
    title: "Live streams",
    value: ({ streams }) => streams.live,
    notes: ({ streams }) => [{ text: count(streams.viewers, "viewer"), href: listHref("streams") }],
  },
  {
    kind: "rooms",
    title: "Rooms",
    value: ({ rooms }) => rooms.open,
    notes: ({ rooms }) => [{ text: count(rooms.peers, "peer"), href: listHref("rooms") }],
  },
  {
    // Whoever has joined has a ticket.
    kind: "tickets",
    filter: { q: "video-chat:" },
    title: "Video chat",
    value: ({ videoChat }) => videoChat.online,
    notes: ({ videoChat }) => [
      {
        text: `${number(videoChat.talking)} talking`,
        href: listHref("tickets", { state: "matched", q: "video-chat:" }),
      },
    ],
  },
  {
    kind: "errors",
    title: "Errors",
    value: ({ errors }) => sum(errors),
    notes: ({ errors }) =>
      errors.length === 0 ? [] : [{ text: count(errors.length, "kind"), href: listHref("errors") }],
    isBad: ({ errors }) => errors.length > 0,
  },
];

/** The numbers that say how it is, each leading to its list. */
export class Tiles {
  readonly element = element("ul", { class: "tiles" });
  readonly #tiles = tiles.map((options) => new Tile(options));

  constructor() {
    this.element.append(...this.#tiles.map((tile) => tile.element));
  }

  show(overview: Overview): void {
    for (const tile of this.#tiles) tile.show(overview);
  }
}

class Tile {
  readonly element: HTMLElement;
  readonly #options: TileOptions;
  readonly #value = element("strong", { class: "value" }, "–");
  readonly #notes = element("span", { class: "notes" });

  constructor(options: TileOptions) {
    this.#options = options;
    const { kind, filter, title } = options;
    // The number is part of the link, so that its name says both.
    const whole = element(
      "a",
      { href: listHref(kind, filter), title: kinds[kind].title },
      element("span", {}, title),
      this.#value,
    );
    this.element = element("li", { class: "tile", "data-tile": title }, whole, this.#notes);
  }

  show(overview: Overview): void {
    const { value, notes, isBad } = this.#options;
    setText(this.#value, number(value(overview)));
    setAttribute(this.element, "data-bad", isBad?.(overview) ?? false);
    const wanted = notes(overview);
    while (this.#notes.children.length > wanted.length) this.#notes.lastElementChild!.remove();
    wanted.forEach(({ text, href }, at) => {
      const note = this.#notes.children[at] ?? this.#notes.appendChild(element("a"));
      setAttribute(note, "href", href ?? null);
      setText(note, text);
    });
  }
}
