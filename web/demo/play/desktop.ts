// The "desktop" a host shares: something that moves, and shows what the player's mouse does.
import type { PointerInput } from "./input.ts";

const WIDTH = 960;
const HEIGHT = 540;
const BAR = 36;
const RIPPLE_MS = 700;
const FONT = "system-ui, 'DejaVu Sans', sans-serif";

interface Ripple {
  readonly x: number;
  readonly y: number;
  readonly born: number;
}

export class Desktop {
  readonly #paper: CanvasRenderingContext2D;
  readonly #wallpaper: CanvasGradient;
  #pointer: { x: number; y: number; pressed: boolean } | null = null;
  #ripples: Ripple[] = [];

  /** Draws on the canvas from now on, as often as the screen refreshes. */
  constructor(canvas: HTMLCanvasElement) {
    this.#paper = canvas.getContext("2d", { alpha: false })!;
    this.#wallpaper = this.#paper.createLinearGradient(0, 0, WIDTH, HEIGHT);
    this.#wallpaper.addColorStop(0, "#312e81");
    this.#wallpaper.addColorStop(0.6, "#1e5a78");
    this.#wallpaper.addColorStop(1, "#0f766e");
    const frame = (now: number): void => {
      this.#draw(now);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  /** The player's mouse, positions from 0 to 1. */
  pointer({ type, x, y }: PointerInput): void {
    const at = { x: x * WIDTH, y: y * HEIGHT };
    const pressed = type === "down" || (type === "move" && this.#pointer?.pressed === true);
    this.#pointer = { ...at, pressed };
    if (type === "down") this.#ripples.push({ ...at, born: performance.now() });
  }

  pointerLeft(): void {
    this.#pointer = null;
  }

  #draw(now: number): void {
    this.#paper.fillStyle = this.#wallpaper;
    this.#paper.fillRect(0, 0, WIDTH, HEIGHT);
    this.#drawOrbit(now);
    this.#drawWindow(now);
    this.#drawBar();
    this.#drawRipples(now);
    this.#drawPointer();
  }

  /** Two balls that go round each other, without end. */
  #drawOrbit(now: number): void {
    const turn = now / 1400;
    for (const [colour, phase] of [["#818cf8", 0] as const, ["#2dd4bf", Math.PI] as const]) {
      this.#paper.beginPath();
      this.#paper.arc(700 + 130 * Math.cos(turn + phase), 250 + 90 * Math.sin(turn + phase), 44, 0, 2 * Math.PI);
      this.#paper.fillStyle = colour;
      this.#paper.fill();
    }
  }

  /** A window that drifts, with a curve that runs. */
  #drawWindow(now: number): void {
    const paper = this.#paper;
    const [left, top] = [90 + 50 * Math.sin(now / 2300), 90 + 30 * Math.cos(now / 1700)];
    paper.fillStyle = "#0f172a";
    paper.beginPath();
    paper.roundRect(left, top, 400, 280, 12);
    paper.fill();
    paper.fillStyle = "#1e293b";
    paper.beginPath();
    paper.roundRect(left, top, 400, 36, [12, 12, 0, 0]);
    paper.fill();
    for (const [index, colour] of ["#f87171", "#fbbf24", "#34d399"].entries())
      this.#dot(left + 20 + 20 * index, top + 18, colour);
    this.#write("oscilloscope", left + 90, top + 19, "#cbd5e1", 15);

    paper.beginPath();
    for (let x = 0; x <= 360; x += 6) {
      const y = Math.sin(x / 28 + now / 260) * 50 * Math.sin(x / 115) + Math.sin(x / 9 + now / 130) * 12;
      paper.lineTo(left + 20 + x, top + 158 + y);
    }
    paper.strokeStyle = "#5eead4";
    paper.lineWidth = 3;
    paper.stroke();
  }

  /** The bar at the bottom, with the time. */
  #drawBar(): void {
    this.#paper.fillStyle = "rgb(8 12 24 / 70%)";
    this.#paper.fillRect(0, HEIGHT - BAR, WIDTH, BAR);
    this.#dot(24, HEIGHT - BAR / 2, "#818cf8", 8);
    this.#dot(34, HEIGHT - BAR / 2, "#2dd4bf", 8);
    this.#write("A desktop, drawn by a web page", 56, HEIGHT - BAR / 2, "#e2e8f0", 15);
    this.#write(new Date().toLocaleTimeString("en-GB"), WIDTH - 86, HEIGHT - BAR / 2, "#e2e8f0", 15);
  }

  #drawRipples(now: number): void {
    this.#ripples = this.#ripples.filter((ripple) => now - ripple.born < RIPPLE_MS);
    for (const { x, y, born } of this.#ripples) {
      const age = Math.max(0, now - born) / RIPPLE_MS;
      this.#paper.beginPath();
      this.#paper.arc(x, y, 8 + 50 * age, 0, 2 * Math.PI);
      this.#paper.strokeStyle = `rgb(255 255 255 / ${1 - age})`;
      this.#paper.lineWidth = 4;
      this.#paper.stroke();
    }
  }

  #drawPointer(): void {
    if (this.#pointer === null) return;
    const { x, y, pressed } = this.#pointer;
    const paper = this.#paper;
    paper.beginPath();
    for (const [right, down] of [
      [0, 0],
      [0, 24],
      [6, 19],
      [10, 28],
      [14, 26],
      [10, 17],
      [18, 17],
    ] as const) {
      paper.lineTo(x + right, y + down);
    }
    paper.closePath();
    paper.fillStyle = pressed ? "#fbbf24" : "#fff";
    paper.fill();
    paper.strokeStyle = "#0f172a";
    paper.lineWidth = 1.5;
    paper.stroke();
  }

  #dot(x: number, y: number, colour: string, radius = 6): void {
    this.#paper.beginPath();
    this.#paper.arc(x, y, radius, 0, 2 * Math.PI);
    this.#paper.fillStyle = colour;
    this.#paper.fill();
  }

  #write(text: string, x: number, y: number, colour: string, size: number): void {
    this.#paper.font = `${size}px ${FONT}`;
    this.#paper.textBaseline = "middle";
    this.#paper.fillStyle = colour;
    this.#paper.fillText(text, x, y);
  }
}
