import { gunzip, gzip } from "node:zlib";
import { promisify } from "node:util";
import type { EventKind, StreamEvent } from "./events.ts";

/** An event of a replay, and the game it belongs to. */
export interface RecordedEvent extends StreamEvent {
  /** 1 for the first. */
  readonly game: number;
}

const pack = promisify<Uint8Array, Buffer>(gzip);
const unpack = promisify<Uint8Array, Buffer>(gunzip);

/** One line. What the event's text may not have in it is a line's end. */
export function lineOf({ kind, game, number, text }: RecordedEvent): string {
  return `${kind} ${game} ${number} ${text}\n`;
}

/** Compressing happens beside this thread. */
export function packLines(lines: string): Promise<Uint8Array> {
  return pack(Buffer.from(lines));
}

export async function unpackEvents(piece: Uint8Array): Promise<readonly RecordedEvent[]> {
  const lines = (await unpack(piece)).toString().split("\n");
  return lines.filter((line) => line !== "").map(eventOf);
}

function eventOf(line: string): RecordedEvent {
  const [, kind, game, number, text] = /^(\S+) (\S+) (\S+) (.*)$/s.exec(line) ?? [];
  return { kind: kind as EventKind, game: Number(game), number: Number(number), text: text ?? "" };
}
