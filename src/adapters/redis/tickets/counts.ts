import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now. Returns {live matches, {side, waiting, side, waiting, …}}. */
export const counts = script(
  common,
  "return { tonumber(redis.call('GET', P .. ':matches')) or 0, redis.call('HGETALL', P .. ':waiting') }",
);
