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

/**
 * The rules by which events enter a stream. Both players may stream one match and nobody says who he is: a frame is
 * taken if it is above all of its game, the rest once.
 */
export function itemOf({ kind, number, text }: StreamEvent): Item {
  const item = { kind, content: `${number} ${text}` };
  switch (kind) {
    case "frame":
      return { ...item, remains: "latest", after: { key: "frame", number } };
    case "game_end":
      return { ...item, remains: "kept", once: `game ${number}`, restarts: { key: "frame", at: FIRST_FRAME } };
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
