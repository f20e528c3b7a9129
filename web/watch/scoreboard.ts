import { byId } from "../shared/dom.ts";
import type { View } from "./live-match.ts";
import type { PlayerInfo } from "./messages.ts";
import type { Figure } from "./scene.ts";

/** A stock is a dot, as far as they fit. */
const MOST_DOTS = 6;

interface Panel {
  readonly root: HTMLElement;
  readonly name: HTMLElement;
  readonly games: HTMLElement;
  readonly percent: HTMLElement;
  readonly stocks: HTMLElement;
  readonly shield: HTMLMeterElement;
}

/** Names, games, damage, stocks and shields below the picture. */
export class Scoreboard {
  readonly #panels: readonly Panel[] = [1, 2].map(panel);
  readonly #spoken = byId("spoken", HTMLElement);
  #players: readonly PlayerInfo[] = [];
  #said = "";

  /** Which ports are shown on the left and on the right. */
  get ports(): readonly number[] {
    return this.#players.length === 2 ? this.#players.map(({ port }) => port) : [1, 2];
  }

  /** Until the stream says who plays, the match does. */
  introduce(players: readonly PlayerInfo[]): void {
    this.#players = players.toSorted((a, b) => a.port - b.port).slice(0, 2);
    for (const [at, { root }] of this.#panels.entries()) root.dataset["port"] = String(this.ports[at]);
  }

  nameOf(port: number): string {
    const player = this.#players.find((one) => one.port === port);
    return player?.displayName || player?.connectCode || `Player ${port}`;
  }

  show({ start, figures, score }: View): void {
    if (start !== null && start.players.length > 0 && start.players !== this.#shownPlayers) {
      this.#shownPlayers = start.players;
      this.introduce(start.players);
    }
    for (const [at, one] of this.#panels.entries()) {
      const port = this.ports[at]!;
      put(one.name, this.nameOf(port));
      put(one.games, String(score.get(port) ?? 0));
      showFigure(
        one,
        figures.find((figure) => figure.port === port),
      );
    }
  }

  /** Reads it out to those who do not see the picture; the same is said once. */
  say(text: string): void {
    if (text === this.#said) return;
    this.#said = text;
    this.#spoken.textContent = text;
  }

  #shownPlayers: readonly PlayerInfo[] = [];
}

function panel(number: number): Panel {
  const root = byId(`player-${number}`, HTMLElement);
  const part = (name: string): HTMLElement => root.querySelector<HTMLElement>(`.${name}`)!;
  return {
    root,
    name: part("name"),
    games: part("games"),
    percent: part("percent"),
    stocks: part("stocks"),
    shield: root.querySelector("meter")!,
  };
}

function showFigure(one: Panel, figure: Figure | undefined): void {
  put(one.percent, figure === undefined ? "–" : `${Math.floor(figure.percent)}%`);
  one.percent.dataset["hurt"] = String(Math.min(4, Math.floor((figure?.percent ?? 0) / 40)));
  const stocks = figure?.stocks ?? null;
  put(one.stocks, stocks === null ? "" : stocks <= MOST_DOTS ? "●".repeat(stocks) : `●×${stocks}`);
  const count = stocks === null ? "" : `${stocks} stock${stocks === 1 ? "" : "s"}`;
  if (one.stocks.dataset["count"] !== String(stocks ?? "")) {
    one.stocks.dataset["count"] = String(stocks ?? "");
    one.stocks.setAttribute("aria-label", count);
  }
  const shield = Math.round((figure?.shield ?? 1) * 100);
  if (one.shield.value !== shield) one.shield.value = shield;
}

function put(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
