import { byId } from "../shared/dom.ts";
import type { View } from "./live-match.ts";
import { clockText, type Replay } from "./replay.ts";

/** A press of an arrow key on the seek bar, in ms. */
const STEP_MS = 5_000;

/** Play, pause, seek and speed of a replay. */
export class ReplayControls {
  readonly #replay: Replay;
  readonly #seek = byId("seek", HTMLInputElement);
  readonly #play = byId("play", HTMLButtonElement);
  readonly #time = byId("time", HTMLElement);
  readonly #speed = byId("speed", HTMLSelectElement);
  #at = 0;
  #isPlaying = true;
  #looked: number | null = null;

  constructor(replay: Replay) {
    this.#replay = replay;
    this.#seek.max = String(Math.ceil(replay.length));
    this.#seek.step = "1";
    this.#seek.addEventListener("input", () => this.#jump(Number(this.#seek.value)));
    this.#seek.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -STEP_MS, ArrowDown: -STEP_MS, ArrowRight: STEP_MS, ArrowUp: STEP_MS }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      this.#jump(this.#at + step);
    });
    this.#play.addEventListener("click", () => this.#toggle());
    byId("games", HTMLElement).replaceChildren(
      ...replay.beginnings.map((from, at) => {
        const button = document.createElement("button");
        const word = document.createElement("span");
        word.className = "word";
        word.textContent = "Game ";
        button.append(word, String(at + 1));
        button.addEventListener("click", () => this.#jump(from));
        return button;
      }),
    );
    byId("controls", HTMLElement).hidden = false;
    this.#label();
  }

  /** Lets time pass, and says what is to be seen. */
  at(now: number): View {
    const passed = this.#looked === null ? 0 : now - this.#looked;
    this.#looked = now;
    if (this.#isPlaying) {
      // A page that was hidden goes on where it was left.
      this.#at = Math.min(this.#replay.length, this.#at + Math.min(passed, 250) * Number(this.#speed.value));
      if (this.#at >= this.#replay.length) this.#set(false);
      this.#show();
    }
    return this.#replay.at(this.#at);
  }

  #toggle(): void {
    if (!this.#isPlaying && this.#at >= this.#replay.length) this.#at = 0;
    this.#set(!this.#isPlaying);
  }

  #set(isPlaying: boolean): void {
    this.#isPlaying = isPlaying;
    this.#label();
  }

  #label(): void {
    this.#play.textContent = this.#isPlaying ? "Pause" : "Play";
  }

  #jump(to: number): void {
    this.#at = Math.min(this.#replay.length, Math.max(0, to));
    this.#show();
  }

  #show(): void {
    const value = String(Math.round(this.#at));
    if (this.#seek.value !== value) this.#seek.value = value;
    const text = `${clockText(this.#at)} / ${clockText(this.#replay.length)}`;
    if (this.#time.textContent === text) return;
    this.#time.textContent = text;
    this.#seek.setAttribute("aria-valuetext", text);
  }
}
