import { z } from "zod";
import { FIRST_FRAME } from "../../core/streams/events.ts";
import { field, isDecimal, isWhole, type Context } from "./fields.ts";

/**
 * Frames are read by hand: they come sixty times a second for each match. What is taken, and how what is wrong is named,
 * are those of the other fields.
 */

/** The most frames one request may bring: ten seconds of a game. */
export const MAX_FRAMES = 600;

/** A game has four ports. */
const MAX_PLAYERS = 4;

/** The largest frame number: more than a year of playing. */
const LAST_FRAME = 2 ** 31 - 1;

/** A frame as it goes on: its number, and the message that viewers get. */
export interface ReadFrame {
  readonly number: number;
  readonly text: string;
}

type Path = readonly (string | number)[];

interface Kind {
  readonly described: object;
  /** The JSON of it; undefined if it is not of this kind. */
  write(value: unknown): string | undefined;
  /** What is wrong with one that is not. */
  fault(value: unknown): Fault;
}

type Fault = readonly [kind: string, message: string, context?: object];

/** NaN: it is neither a number nor text that `isOne`. */
function numberOf(value: unknown, isOne: (text: string) => boolean): number {
  if (typeof value === "number" || typeof value === "bigint") return Number(value);
  return typeof value === "string" && isOne(value) ? Number(value) : NaN;
}

const notFinite: Fault = ["finite_number", "Input should be a finite number"];

const real: Kind = {
  described: { type: ["number", "null"] },
  write(value) {
    const number = numberOf(value, isDecimal);
    return Number.isFinite(number) ? `${number}` : undefined;
  },
  fault(value) {
    if (typeof value === "number" || (typeof value === "string" && isDecimal(value))) return notFinite;
    if (typeof value !== "string") return ["float_type", "Input should be a valid number"];
    return ["float_parsing", "Input should be a valid number, unable to parse string as a number"];
  },
};

const whole = (least: number, most: number): Kind => ({
  described: { type: ["integer", "null"], minimum: least, maximum: most },
  write(value) {
    const number = numberOf(value, isWhole);
    return Number.isInteger(number) && number >= least && number <= most ? `${number}` : undefined;
  },
  fault(value) {
    if (typeof value === "string" && !isWhole(value)) {
      return ["int_parsing", "Input should be a valid integer, unable to parse string as an integer"];
    }
    if (typeof value === "number" && !Number.isFinite(value)) return notFinite;
    const number = numberOf(value, isWhole);
    if (Number.isNaN(number)) return ["int_type", "Input should be a valid integer"];
    if (!Number.isInteger(number)) {
      return ["int_from_float", "Input should be a valid integer, got a number with a fractional part"];
    }
    return number < least
      ? ["greater_than_equal", `Input should be greater than or equal to ${least}`, { ge: least }]
      : ["less_than_equal", `Input should be less than or equal to ${most}`, { le: most }];
  },
});

const flag: Kind = {
  described: { type: ["boolean", "null"] },
  write(value) {
    if (value === true || value === 1) return "true";
    return value === false || value === 0 ? "false" : undefined;
  },
  fault: () => ["bool_type", "Input should be a valid boolean"],
};

/** Each field of a player as it comes and as it goes on, in the order it goes on. All but the port may be missing. */
const PLAYER: readonly (readonly [come: string, go: string, kind: Kind])[] = [
  ["port", "port", whole(0, 255)],
  ["x", "x", real],
  ["y", "y", real],
  ["action_state_id", "actionStateId", whole(-1, 65_535)],
  ["action_frame", "actionFrame", real],
  ["facing_direction", "facingDirection", real],
  ["percent", "percent", real],
  ["stocks", "stocks", whole(0, 255)],
  ["shield_health", "shieldHealth", real],
  ["is_invincible", "isInvincible", flag],
  ["is_in_hitstun", "isInHitstun", flag],
];

function fault(ctx: Context, path: Path, [kind, message, context]: Fault): null {
  ctx.addIssue({ code: "custom", path: [...path], message, params: { kind, context } });
  return null;
}

const missing: Fault = ["missing", "Field required"];
const noList: Fault = ["list_type", "Input should be a valid list"];
const noObject: Fault = [
  "model_attributes_type",
  "Input should be a valid dictionary or object to extract fields from",
];
const frameNumber = whole(FIRST_FRAME, LAST_FRAME);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readPlayer(value: unknown, ctx: Context, path: Path): string | null {
  if (!isObject(value)) return fault(ctx, path, noObject);
  let text = "";
  for (const [come, go, kind] of PLAYER) {
    const given = value[come];
    const isThere = given !== undefined && given !== null;
    if (!isThere && come === "port") return fault(ctx, [...path, come], missing);
    const written = isThere ? kind.write(given) : "null";
    if (written === undefined) return fault(ctx, [...path, come], kind.fault(given));
    text += `${text === "" ? "{" : ","}"${go}":${written}`;
  }
  return `${text}}`;
}

/** Null: something is wrong with it, and has been said. */
function readFrame(value: unknown, ctx: Context, path: Path): ReadFrame | null {
  if (value === null && path.length === 0) return fault(ctx, path, missing);
  if (!isObject(value)) return fault(ctx, path, noObject);
  const { frame, players } = value;
  if (frame === undefined) return fault(ctx, [...path, "frame"], missing);
  if (frameNumber.write(frame) === undefined) return fault(ctx, [...path, "frame"], frameNumber.fault(frame));
  if (players === undefined) return fault(ctx, [...path, "players"], missing);
  if (!Array.isArray(players)) return fault(ctx, [...path, "players"], noList);
  if (players.length > MAX_PLAYERS) return fault(ctx, [...path, "players"], tooLong(MAX_PLAYERS, players.length));
  let written = "";
  for (const [at, player] of players.entries()) {
    const one = readPlayer(player, ctx, [...path, "players", at]);
    if (one === null) return null;
    written += at === 0 ? one : `,${one}`;
  }
  const number = numberOf(frame, isWhole);
  return { number, text: `{"type":"frame","frame":${number},"players":[${written}]}` };
}

function tooLong(most: number, actual: number): Fault {
  const message = `List should have at most ${most} items after validation, not ${actual}`;
  return ["too_long", message, { field_type: "List", max_length: most, actual_length: actual }];
}

/** A frame as it comes, in JSON Schema. */
export const describedFrame = {
  type: "object",
  required: ["frame", "players"],
  properties: {
    frame: { type: "integer", minimum: FIRST_FRAME, maximum: LAST_FRAME },
    players: {
      type: "array",
      maxItems: MAX_PLAYERS,
      items: {
        type: "object",
        required: ["port"],
        properties: Object.fromEntries(PLAYER.map(([come, , { described }]) => [come, described])),
      },
    },
  },
} as const;

/** A body that is one frame. */
export const frameBody = z
  .unknown()
  .meta({ ...describedFrame })
  .transform((value, ctx) => readFrame(value, ctx, []) ?? z.NEVER);

export const frameList = field({ type: "array", maxItems: MAX_FRAMES, items: describedFrame }, (value, ctx) => {
  if (!Array.isArray(value)) return fault(ctx, [], noList) ?? z.NEVER;
  if (value.length > MAX_FRAMES) return fault(ctx, [], tooLong(MAX_FRAMES, value.length)) ?? z.NEVER;
  const frames: ReadFrame[] = [];
  for (const [at, one] of value.entries()) {
    const frame = readFrame(one, ctx, [at]);
    if (frame === null) return z.NEVER;
    frames.push(frame);
  }
  return frames;
});
