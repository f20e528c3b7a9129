import { frameAll, pan, wide, type Shot } from "./camera.ts";
import { drawFighter } from "./fighter.ts";
import { drawNameTag, type Box } from "./name-tag.ts";
import { colourOf, paletteFor, type Palette } from "./palette.ts";
import { isLost } from "./poses.ts";
import type { Figure } from "./scene.ts";
import { stageOf, type Stage } from "./stages.ts";

/** More pixels than these cost frames and show no more. */
const MOST_PIXELS = 1920 * 1080;
const BURST_FRAMES = 40;

/** What to draw. */
export interface Picture {
  readonly stageId: number | null;
  readonly figures: readonly Figure[];
  nameOf(port: number): string;
}

/** Draws a match on a canvas. */
export class Painter {
  readonly #canvas: HTMLCanvasElement;
  readonly #paper: CanvasRenderingContext2D;
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");
  readonly #calm = matchMedia("(prefers-reduced-motion: reduce)");
  #shot: Shot | null = null;
  #stage: Stage | null = null;
  #drawn = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#paper = canvas.getContext("2d", { alpha: false })!;
    new ResizeObserver(() => this.#fit()).observe(canvas);
    this.#fit();
  }

  draw({ stageId, figures, nameOf }: Picture, now: number): void {
    const stage = stageOf(stageId);
    const palette = paletteFor(this.#dark.matches);
    const { width, height } = this.#canvas;
    const shot = this.#aim(figures, stage, width / height, now);
    const scale = width / shot.width;
    const paper = this.#paper;
    paper.setTransform(1, 0, 0, 1, 0, 0);
    this.#drawSky(palette, shot, scale);
    paper.setTransform(scale, 0, 0, -scale, width / 2 - shot.x * scale, height / 2 + shot.y * scale);
    drawStage(paper, stage, palette);
    for (const figure of figures) {
      const colour = colourOf(figure.port, palette);
      if (isLost(figure.action)) drawBurst(paper, figure, shot, shot.width / (width / height), colour);
      else drawFighter(paper, figure, { colour, ink: palette.ink, isCalm: this.#calm.matches });
    }
    paper.setTransform(1, 0, 0, 1, 0, 0);
    const taken: Box[] = [];
    const size = Math.max(11 * (width / this.#canvas.clientWidth), width / 58);
    for (const figure of figures) {
      if (isLost(figure.action)) continue;
      const x = width / 2 + (figure.x - shot.x) * scale;
      const y = height / 2 - (figure.y + 27 - shot.y) * scale;
      const tag = { name: nameOf(figure.port), x, y, colour: colourOf(figure.port, palette), size };
      taken.push(drawNameTag(paper, tag, palette, taken));
    }
  }

  /** Makes the canvas as fine as the screen. */
  #fit(): void {
    const { clientWidth, clientHeight } = this.#canvas;
    if (clientWidth === 0 || clientHeight === 0) return;
    const fineness = Math.min(devicePixelRatio, Math.sqrt(MOST_PIXELS / (clientWidth * clientHeight)));
    this.#canvas.width = Math.round(clientWidth * fineness);
    this.#canvas.height = Math.round(clientHeight * fineness);
  }

  #aim(figures: readonly Figure[], stage: Stage, ratio: number, now: number): Shot {
    const isNew = this.#shot === null || stage !== this.#stage;
    const wanted = this.#calm.matches ? wide(stage.edge, ratio) : frameAll(figures, stage, ratio);
    this.#shot = isNew || this.#calm.matches ? wanted : pan(this.#shot!, wanted, now - this.#drawn);
    this.#stage = stage;
    this.#drawn = now;
    return this.#shot;
  }

  /** The sky, and bands far away that move less than what is near. */
  #drawSky({ sky, far }: Palette, shot: Shot, scale: number): void {
    const paper = this.#paper;
    const { width, height } = this.#canvas;
    const gradient = paper.createLinearGradient(0, 0, 0, height);
    gradient.addColorStop(0, sky[0]);
    gradient.addColorStop(1, sky[1]);
    paper.fillStyle = gradient;
    paper.fillRect(0, 0, width, height);
    paper.fillStyle = far;
    for (const [depth, radius, base] of [
      [0.25, 70, -30],
      [0.45, 45, -22],
    ] as const) {
      const near = 0.55 + depth * 0.45;
      paper.beginPath();
      for (let step = -4; step <= 4; step++) {
        const x = width / 2 + (step * radius * 1.5 - shot.x * depth) * scale * near;
        const y = height / 2 - (base - shot.y * depth) * scale * near;
        paper.moveTo(x, y);
        paper.ellipse(x, y, radius * scale * near, radius * scale * near * 0.62, 0, Math.PI, 2 * Math.PI);
      }
      paper.fill();
      paper.fillRect(0, height / 2 - (base - shot.y * depth) * scale * near, width, height);
    }
  }
}

function drawStage(paper: CanvasRenderingContext2D, { edge, platforms }: Stage, palette: Palette): void {
  paper.fillStyle = palette.ground;
  paper.beginPath();
  paper.moveTo(-edge, 0);
  paper.lineTo(edge, 0);
  paper.lineTo(edge - 4, -7);
  paper.bezierCurveTo(edge * 0.7, -16, edge * 0.45, -24, edge * 0.18, -46);
  paper.lineTo(-edge * 0.18, -46);
  paper.bezierCurveTo(-edge * 0.45, -24, -edge * 0.7, -16, -edge + 4, -7);
  paper.fill();
  paper.strokeStyle = palette.groundEdge;
  paper.lineCap = "round";
  paper.lineWidth = 1.8;
  paper.beginPath();
  paper.moveTo(-edge, -0.9);
  paper.lineTo(edge, -0.9);
  paper.stroke();
  paper.strokeStyle = palette.platform;
  paper.lineWidth = 2.2;
  paper.beginPath();
  for (const { left, right, y } of platforms) {
    paper.moveTo(left, y - 1.1);
    paper.lineTo(right, y - 1.1);
  }
  paper.stroke();
}

/** A fighter is lost: rings at the edge of the picture it left by. */
function drawBurst(
  paper: CanvasRenderingContext2D,
  { x, y, actionFrame }: Figure,
  shot: Shot,
  height: number,
  colour: string,
): void {
  if (actionFrame > BURST_FRAMES) return;
  const part = Math.max(0, actionFrame) / BURST_FRAMES;
  const [right, up] = [shot.width / 2, height / 2];
  const at = {
    x: Math.min(shot.x + right, Math.max(shot.x - right, x)),
    y: Math.min(shot.y + up, Math.max(shot.y - up, y)),
  };
  paper.strokeStyle = colour;
  paper.globalAlpha = 1 - part;
  for (const ring of [1, 0.55]) {
    paper.lineWidth = 5 * (1 - part) * ring;
    paper.beginPath();
    paper.arc(at.x, at.y, (6 + 48 * part) * ring, 0, 2 * Math.PI);
    paper.stroke();
  }
  paper.globalAlpha = 1;
}
