import type { BunRequest } from "bun";

/** What the runtime's router took out of the path, percent-decoded. */
export function paramsOf(request: Request): Readonly<Record<string, string>> {
  return (request as BunRequest).params ?? {};
}
