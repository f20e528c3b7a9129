import { gunzip, gzip } from "node:zlib";
import { promisify } from "node:util";
import type { EventKind, StreamEvent } from "./events.ts";

/** An event of a replay, and the game it belongs to. */
export interface RecordedEvent extends StreamEvent {
  /** 1 for the first. */
  readonly game: number;
}

/** What a piece says of itself, so that one that is not wanted need not be unpacked. */
export interface PieceHead {
  /** Games of which something is in it. */
  readonly games: readonly number[];
  /** The match begins or ends in it. */
  readonly hasEdge: boolean;
  /** A game ends in it. Pieces of older versions do not say. */
  readonly hasGameEnd?: boolean;
  /** What it weighs unpacked, in bytes. */
  readonly size: number;
}

const pack = promisify<Uint8Array, Buffer>(gzip);
const unpack = promisify<Uint8Array, Buffer>(gunzip);

const LINE_END = 10;

/** One line. What the event's text may not have in it is a line's end. */
export function lineOf({ kind, game, number, text }: RecordedEvent): string {
  return `${kind} ${game} ${number} ${text}\n`;
}

/** The same lines without their frames. */
export function withoutFrames(lines: string): string {
  return linesOf(lines)
    .filter((line) => !line.startsWith("frame "))
    .map((line) => `${line}\n`)
    .join("");
}

/** Its head as a line of JSON, then the lines compressed. Compressing happens beside this thread. */
export async function packLines(lines: string): Promise<Uint8Array> {
  const games = new Set<number>();
  let [hasEdge, hasGameEnd] = [false, false];
  for (const line of linesOf(lines)) {
    const [kind, game] = line.split(" ", 2);
    if (kind === "match_start" || kind === "match_end") hasEdge = true;
    else games.add(Number(game));
    hasGameEnd ||= kind === "game_end";
  }
  const bytes = Buffer.from(lines);
  const head: PieceHead = { games: [...games], hasEdge, hasGameEnd, size: bytes.byteLength };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), await pack(bytes)]);
}

export function headOf(piece: Uint8Array): PieceHead {
  return JSON.parse(Buffer.from(piece.subarray(0, piece.indexOf(LINE_END))).toString()) as PieceHead;
}

/** False: there are only frames in it. */
export function mayHoldLasting({ hasEdge, hasGameEnd = true }: PieceHead): boolean {
  return hasEdge || hasGameEnd;
}

export async function unpackEvents(piece: Uint8Array): Promise<readonly RecordedEvent[]> {
  return linesOf((await unpack(piece.subarray(piece.indexOf(LINE_END) + 1))).toString()).map(eventOf);
}

function linesOf(lines: string): readonly string[] {
  return lines.split("\n").filter((line) => line !== "");
}

/** Read by hand: a replay has tens of thousands. */
function eventOf(line: string): RecordedEvent {
  const first = line.indexOf(" ");
  const second = line.indexOf(" ", first + 1);
  const third = line.indexOf(" ", second + 1);
  return {
    kind: line.slice(0, first) as EventKind,
    game: Number(line.slice(first + 1, second)),
    number: Number(line.slice(second + 1, third)),
    text: line.slice(third + 1),
  };
}
