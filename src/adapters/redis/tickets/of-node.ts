import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now, node, cursor ('0' to begin), how many at once. Returns {next cursor, {id, entry, id, entry, …}}. */
export const ofNode = script(common, "return redis.call('HSCAN', nodeKey(ARGV[2]), ARGV[3], 'COUNT', ARGV[4])");
