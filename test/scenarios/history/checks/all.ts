import type { Bounds, Violation } from "../check.ts";
import type { History } from "../history.ts";
import { claims } from "./claims.ts";
import { counters } from "./counters.ts";
import { durable } from "./durable.ts";
import { messages } from "./messages.ts";
import { posts } from "./posts.ts";
import { presence } from "./presence.ts";
import { resources } from "./resources.ts";
import { stranded } from "./stranded.ts";

const checks = [claims, stranded, durable, posts, presence, messages, counters, resources];

/** Everything in a history that breaks a promise. */
export function violations(history: History, bounds: Bounds): Violation[] {
  return checks.flatMap((check) => check(history, bounds));
}
