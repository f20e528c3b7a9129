import { randomBytes, randomUUID } from "node:crypto";
import type { Random } from "../../ports/random.ts";

/** The machine's own chance; cryptographic where it must not be guessed. */
export const systemRandom: Random = {
  uuid: () => randomUUID(),
  token: (bytes = 24) => randomBytes(bytes).toString("base64url"),
  unit: () => Math.random(),
};
