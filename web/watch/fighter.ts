import { isReborn, isShielding, poseOf, type Pose } from "./poses.ts";
import type { Figure } from "./scene.ts";

const [LEG, ARM, SPINE, HEAD] = [5.2, 5, 5.4, 2.7];
const THICK = 2.7;
const OUTLINE = 1.3;
/** Size against the units of the game. */
const SCALE = 1.15;

export interface Look {
  readonly colour: string;
  readonly ink: string;
  /** Nothing may flash. */
  readonly isCalm: boolean;
}

/** Draws a figure at its feet; the paper's units are the game's, y upwards. */
export function drawFighter(paper: CanvasRenderingContext2D, figure: Figure, { colour, ink, isCalm }: Look): void {
  const pose = poseOf(figure.action, figure.actionFrame);
  paper.save();
  paper.translate(figure.x, figure.y);
  if (isReborn(figure.action)) drawCarrier(paper, colour);
  if (figure.isInHitstun) drawSpeedLines(paper, figure, colour);
  paper.scale(SCALE * figure.facing, SCALE);
  paper.translate(0, pose.hips);
  paper.rotate(radians(-pose.lean));
  paper.lineCap = "round";
  paper.lineJoin = "round";
  // Flickering says "cannot be hurt"; where nothing may flash, a pale outline does.
  const isSpared = figure.isInvincible;
  paper.globalAlpha = isSpared && !isCalm && Math.floor(figure.actionFrame / 4) % 2 === 0 ? 0.55 : 1;
  const body = bodyPath(pose);
  paper.strokeStyle = isSpared ? "#fff" : ink;
  paper.lineWidth = THICK + 2 * OUTLINE;
  paper.stroke(body);
  dot(paper, HEAD + OUTLINE, isSpared ? "#fff" : ink);
  paper.strokeStyle = colour;
  paper.lineWidth = THICK;
  paper.stroke(body);
  dot(paper, HEAD, colour);
  paper.fillStyle = ink;
  paper.beginPath();
  paper.ellipse(1.4, SPINE + HEAD + 0.6, 0.65, 0.95, 0, 0, 2 * Math.PI);
  paper.fill();
  paper.restore();
  if (isShielding(figure.action)) drawShield(paper, figure, colour);
}

function bodyPath({ legs, arms, reach }: Pose): Path2D {
  const path = new Path2D();
  const longer = (limb: "arm" | "leg"): number => (reach?.limb === limb ? reach.by : 0);
  path.moveTo(0, 0);
  path.lineTo(0, SPINE);
  limb(path, 0, legs[1], LEG);
  limb(path, 0, legs[0], LEG + longer("leg"));
  limb(path, SPINE - 0.6, arms[1], ARM);
  limb(path, SPINE - 0.6, arms[0], ARM + longer("arm"));
  return path;
}

function limb(path: Path2D, from: number, angle: number, length: number): void {
  path.moveTo(0, from);
  path.lineTo(Math.sin(radians(angle)) * length, from - Math.cos(radians(angle)) * length);
}

function dot(paper: CanvasRenderingContext2D, radius: number, colour: string): void {
  paper.fillStyle = colour;
  paper.beginPath();
  paper.arc(0, SPINE + HEAD, radius, 0, 2 * Math.PI);
  paper.fill();
}

function drawShield(paper: CanvasRenderingContext2D, { x, y, shield }: Figure, colour: string): void {
  paper.beginPath();
  paper.arc(x, y + 8, 4 + 9 * shield, 0, 2 * Math.PI);
  paper.globalAlpha = 0.35;
  paper.fillStyle = colour;
  paper.fill();
  paper.globalAlpha = 1;
  paper.strokeStyle = colour;
  paper.lineWidth = 0.9;
  paper.stroke();
}

/** What carries a fighter back into the game. */
function drawCarrier(paper: CanvasRenderingContext2D, colour: string): void {
  paper.beginPath();
  paper.ellipse(0, -1.5, 11, 2.6, 0, 0, 2 * Math.PI);
  paper.globalAlpha = 0.6;
  paper.fillStyle = colour;
  paper.fill();
  paper.globalAlpha = 1;
}

function drawSpeedLines(paper: CanvasRenderingContext2D, { facing }: Figure, colour: string): void {
  paper.strokeStyle = colour;
  paper.globalAlpha = 0.5;
  paper.lineWidth = 0.8;
  paper.beginPath();
  for (const height of [4, 8, 12]) {
    paper.moveTo(facing * 6, height);
    paper.lineTo(facing * (12 + (height % 3) * 4), height);
  }
  paper.stroke();
  paper.globalAlpha = 1;
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
