import type { Palette } from "./palette.ts";

/** A name and the point it belongs to, in pixels. */
export interface NameTag {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly colour: string;
  /** Of its letters. */
  readonly size: number;
}

/** Where a name is: its middle, half its width, and its line. */
export interface Box {
  readonly middle: number;
  readonly half: number;
  readonly line: number;
}

/** Draws a name above its point, where no other name is. Returns where that was. */
export function drawNameTag(
  paper: CanvasRenderingContext2D,
  { name, x, y, colour, size }: NameTag,
  { tag, onTag }: Palette,
  taken: readonly Box[],
): Box {
  const { width } = paper.canvas;
  paper.font = `600 ${size}px system-ui, "DejaVu Sans", sans-serif`;
  const text = name.length > 16 ? `${name.slice(0, 15)}…` : name;
  const half = paper.measureText(text).width / 2 + size * 0.6;
  const middle = Math.min(Math.max(x, half + 4), width - half - 4);
  const height = size * 1.7;
  const line = freeLine({ middle, half, line: Math.max(y, height * 0.7) }, height, taken);
  paper.fillStyle = tag;
  paper.beginPath();
  paper.roundRect(middle - half, line - height / 2, half * 2, height, size * 0.5);
  paper.fill();
  paper.fillStyle = colour;
  paper.beginPath();
  paper.moveTo(x, y + size * 1.5);
  paper.lineTo(x - size * 0.5, y + size * 0.85);
  paper.lineTo(x + size * 0.5, y + size * 0.85);
  paper.fill();
  paper.fillStyle = onTag;
  paper.textAlign = "center";
  paper.textBaseline = "middle";
  paper.fillText(text, middle, line);
  return { middle, half, line };
}

/** Above the names that are in the way, or below them where there is no room. */
function freeLine({ middle, half, line }: Box, height: number, taken: readonly Box[]): number {
  let free = line;
  for (const other of taken) {
    const isInTheWay = Math.abs(other.middle - middle) < other.half + half && Math.abs(other.line - free) < height;
    if (isInTheWay) free = other.line > height * 1.8 ? other.line - height * 1.1 : other.line + height * 1.1;
  }
  return free;
}
