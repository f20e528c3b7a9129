import { FIRST_FRAME } from "../../core/streams/events.ts";
import { isDecimal, isWhole, nearestOf } from "./fields.ts";

/** What the values of a frame may be, and how what is wrong with one is named: as with the other fields. */

/** A game has four ports. */
export const MAX_PLAYERS = 4;

/** The largest frame number: more than a year of playing. */
const LAST_FRAME = 2 ** 31 - 1;

export type Fault = readonly [kind: string, message: string, context?: object];

interface Kind {
  readonly described: object;
  /** The JSON of it; undefined if it is not of this kind. */
  write(value: unknown): string | undefined;
  /** What is wrong with one that is not. */
  fault(value: unknown): Fault;
}

/** A number, or text that is one; else NaN. */
function realOf(value: unknown): number {
  return typeof value === "string" && isDecimal(value) ? Number(value) : nearestOf(value);
}

/** The same of what may be whole: NaN for what only its nearest double is. */
export function wholeOf(value: unknown): number {
  if (typeof value === "number" || typeof value === "bigint") return Number(value);
  return typeof value === "string" && isWhole(value) ? Number(value) : NaN;
}

const notFinite: Fault = ["finite_number", "Input should be a finite number"];

const real: Kind = {
  described: { type: ["number", "null"] },
  write(value) {
    const number = realOf(value);
    return Number.isFinite(number) ? `${number}` : undefined;
  },
  fault(value) {
    if (!Number.isNaN(realOf(value))) return notFinite;
    if (typeof value !== "string") return ["float_type", "Input should be a valid number"];
    return ["float_parsing", "Input should be a valid number, unable to parse string as a number"];
  },
};

const whole = (least: number, most: number): Kind => ({
  described: { type: ["integer", "null"], minimum: least, maximum: most },
  write(value) {
    const number = wholeOf(value);
    return Number.isInteger(number) && number >= least && number <= most ? `${number}` : undefined;
  },
  fault(value) {
    if (typeof value === "string" && !isWhole(value)) {
      return ["int_parsing", "Input should be a valid integer, unable to parse string as an integer"];
    }
    const number = wholeOf(value);
    const nearest = typeof value === "string" ? number : nearestOf(value);
    if (Number.isNaN(nearest)) return ["int_type", "Input should be a valid integer"];
    if (!Number.isFinite(nearest)) return notFinite;
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

export const frameNumber = whole(FIRST_FRAME, LAST_FRAME);

/** Each field of a player as it comes and as it goes on, in the order it goes on. All but the port may be missing. */
export const PLAYER: readonly (readonly [come: string, go: string, kind: Kind])[] = [
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

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
