import { createHash } from "node:crypto";

/** A Lua script that is one atomic step. All its keys lie in one hash slot. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
}

export function script(...parts: readonly string[]): Script {
  const lua = parts.join("\n");
  return { lua, sha: createHash("sha1").update(lua).digest("hex") };
}
