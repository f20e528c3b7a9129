import type { BunRequest } from "bun";
import { Refusal } from "./refusal.ts";

/**
 * What the runtime's router took out of the path, percent-decoded.
 *
 * @throws {Refusal} unknown_path where it is no UTF-8: the router reads that as U+FFFD, which is a name of its own
 */
export function paramsOf(request: Request): Readonly<Record<string, string>> {
  const { params } = request as BunRequest;
  if (params === undefined) return {};
  for (const name in params) {
    if (params[name]!.includes("\ufffd") && !isDecodable(request.url)) throw new Refusal("unknown_path");
  }
  return params;
}

function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(new URL(url).pathname);
    return true;
  } catch {
    return false;
  }
}
