import type { Item } from "../../ports/streams.ts";

export const eventKinds = ["match_start", "frame", "game_end", "match_end"] as const;
export type EventKind = (typeof eventKinds)[number];

/** Something that happens in a match that is streamed. */
export interface StreamEvent {
  readonly kind: EventKind;
  /** Of a frame, its number; of the end of a game, the game's; else 0. */
  readonly number: number;
  /** What viewers get: one line, written once by the face and opaque from there on. */
  readonly text: string;
}

/** The number of the first frame of each game. */
export const FIRST_FRAME = -123;

/** How many frames of a game may be lost in a row while those of the game before are still on their way: five seconds. */
const REACH = 300;

/** How long after the end of a game the slower player's frames of it may come, in ms. */
const LATE_MS = 10_000;

const NEXT_GAME = { key: "frame", at: FIRST_FRAME, reach: REACH, forMs: LATE_MS };

/**
 * The rules by which events enter a stream. Both players may stream one match and nobody says who he is: a frame is
 * taken if it is above all of its game, the rest once. Nor does a frame say of which game it is: it is of the newest,
 * unless it is likelier a late one of the game before.
 */
export function itemOf({ kind, number, text }: StreamEvent): Item {
  const item = { kind, content: `${number} ${text}` };
  switch (kind) {
    case "frame":
      return { ...item, remains: "latest", after: { key: "frame", number } };
    case "game_end":
      return { ...item, remains: "kept", once: `game ${number}`, restarts: NEXT_GAME };
    case "match_start":
      return { ...item, remains: "kept", once: "start" };
    case "match_end":
      return { ...item, remains: "kept", isLast: true };
  }
}

export function eventOf({ kind, content }: Pick<Item, "kind" | "content">): StreamEvent {
  const space = content.indexOf(" ");
  return { kind: kind as EventKind, number: Number(content.slice(0, space)), text: content.slice(space + 1) };
}
