import { z } from "zod";
import { MAX_ISSUES } from "../../transport/http/validate.ts";
import { field, type Context } from "./fields.ts";
import { faultsOf, noList, tooLong, type Found } from "./frame-faults.ts";
import { describedFrame, frameNumber, isObject, MAX_PLAYERS, PLAYER, wholeOf } from "./frame-kinds.ts";

/**
 * Frames are read by hand: they come sixty times a second for each match. What is taken, and how what is wrong is named,
 * are those of the other fields. One that cannot be taken is looked at a second time, for all that is wrong with it.
 */

/** The most frames one request may bring: ten seconds of a game. */
export const MAX_FRAMES = 600;

/** A frame as it goes on: its number, and the message that viewers get. */
export interface ReadFrame {
  readonly number: number;
  readonly text: string;
}

/** Null: something is wrong with it. */
function readPlayer(value: unknown): string | null {
  if (!isObject(value)) return null;
  let text = "";
  for (const [come, go, kind] of PLAYER) {
    const given = value[come];
    const isLeftOut = come !== "port" && (given === undefined || given === null);
    const written = isLeftOut ? "null" : kind.write(given);
    if (written === undefined) return null;
    text += `${text === "" ? "{" : ","}"${go}":${written}`;
  }
  return `${text}}`;
}

/** Null: something is wrong with it. */
function readFrame(value: unknown): ReadFrame | null {
  if (!isObject(value)) return null;
  const { frame, players } = value;
  if (frameNumber.write(frame) === undefined) return null;
  if (!Array.isArray(players) || players.length > MAX_PLAYERS) return null;
  let written = "";
  for (const [at, player] of players.entries()) {
    const one = readPlayer(player);
    if (one === null) return null;
    written += at === 0 ? one : `,${one}`;
  }
  const number = wholeOf(frame);
  return { number, text: `{"type":"frame","frame":${number},"players":[${written}]}` };
}

function readFrames(values: readonly unknown[]): readonly ReadFrame[] | null {
  const frames: ReadFrame[] = [];
  for (const value of values) {
    const frame = readFrame(value);
    if (frame === null) return null;
    frames.push(frame);
  }
  return frames;
}

/** Says what is wrong, as much of it as anybody is told. */
function refuse(ctx: Context, found: Iterable<Found>): never {
  let left = MAX_ISSUES;
  for (const [path, [kind, message, context]] of found) {
    ctx.addIssue({ code: "custom", path: [...path], message, params: { kind, context } });
    if (--left === 0) break;
  }
  return z.NEVER;
}

/** A body that is one frame. */
export const frameBody = z
  .unknown()
  .meta({ ...describedFrame })
  .transform((value, ctx) => readFrame(value) ?? refuse(ctx, faultsOf(value)));

export const frameList = field({ type: "array", maxItems: MAX_FRAMES, items: describedFrame }, (value, ctx) => {
  if (!Array.isArray(value)) return refuse(ctx, [[[], noList]]);
  if (value.length > MAX_FRAMES) return refuse(ctx, [[[], tooLong(MAX_FRAMES, value.length)]]);
  return readFrames(value) ?? refuse(ctx, faultsOfAll(value));
});

function* faultsOfAll(values: readonly unknown[]): Generator<Found> {
  for (const [at, value] of values.entries()) yield* faultsOf(value, [at]);
}
