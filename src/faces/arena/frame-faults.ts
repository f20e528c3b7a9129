import { RoundedNumber } from "../../transport/http/exact-json.ts";
import { frameNumber, isObject, MAX_PLAYERS, PLAYER, type Fault } from "./frame-kinds.ts";

/** What is wrong with frames. It is asked only of one that was not taken. */

type Path = readonly (string | number)[];

/** Something that is wrong, and where. */
export type Found = readonly [path: Path, fault: Fault];

const missing: Fault = ["missing", "Field required"];
const noObject: Fault = [
  "model_attributes_type",
  "Input should be a valid dictionary or object to extract fields from",
];
export const noList: Fault = ["list_type", "Input should be a valid list"];

export function tooLong(most: number, actual: number): Fault {
  const message = `List should have at most ${most} items after validation, not ${actual}`;
  return ["too_long", message, { field_type: "List", max_length: most, actual_length: actual }];
}

/** All that is wrong with a frame, in the order of its fields. `path`: of the frame; that of a whole body is empty. */
export function* faultsOf(value: unknown, path: Path = []): Generator<Found> {
  if (value === null && path.length === 0) return yield [path, missing];
  if (!isObject(value) || value instanceof RoundedNumber) return yield [path, noObject];
  const { frame, players } = value;
  if (frame === undefined) yield [[...path, "frame"], missing];
  else if (frameNumber.write(frame) === undefined) yield [[...path, "frame"], frameNumber.fault(frame)];
  const ofPlayers = [...path, "players"];
  if (players === undefined) yield [ofPlayers, missing];
  else if (!Array.isArray(players)) yield [ofPlayers, noList];
  else if (players.length > MAX_PLAYERS) yield [ofPlayers, tooLong(MAX_PLAYERS, players.length)];
  else for (const [at, player] of players.entries()) yield* faultsOfPlayer(player, [...ofPlayers, at]);
}

function* faultsOfPlayer(value: unknown, path: Path): Generator<Found> {
  if (!isObject(value) || value instanceof RoundedNumber) return yield [path, noObject];
  for (const [come, , kind] of PLAYER) {
    const given = value[come];
    const isNeeded = come === "port";
    if (given === undefined && isNeeded) yield [[...path, come], missing];
    if (given === undefined || (given === null && !isNeeded)) continue;
    if (kind.write(given) === undefined) yield [[...path, come], kind.fault(given)];
  }
}
