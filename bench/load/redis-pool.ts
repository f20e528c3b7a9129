import { Redis } from "ioredis";
import { common } from "../../src/adapters/redis/leases/common.ts";
import type { Carried, Host } from "../../src/core/presence/host.ts";
import { wireHost } from "../../src/faces/host-pool/present.ts";
import { script } from "../../src/adapters/redis/script.ts";

/** The region that all of them are in. */
export const REGION = "eu-west";

const POOL = "rendezvous:{host-pool}";
const TTL_MS = 3_600_000;

/** Hosts that one call makes: as many as a script may hand on to one command. */
const BITE = 2_000;

/** What the script puts a host's number for. */
const NUMBER = "<n>";

const host: Host = {
  id: `host-${NUMBER}`,
  room: `room-${NUMBER}`,
  region: REGION,
  state: "idle",
  publicIp: "203.0.113.7",
  info: { game: "quake", slots: 4 },
  beatAt: Date.now(),
  revision: 0,
  foreign: false,
  subject: null,
};

/**
 * What a host's first beat leaves in Redis, for many hosts a call: its lease, and the documented key with its companion.
 *
 * ARGV: 0, first, last, region, value, the documented record, ttl ms.
 */
const fill = script(
  common,
  `
local ttl = tonumber(ARGV[7])
local revision = revisions(ARGV[3] - ARGV[2] + 1)
local members, ids = {}, {}
for n = ARGV[2], ARGV[3] do
  local number = string.format('%d', n)
  -- Hosts beat at any time of thirty seconds.
  local ends = string.format('%.0f', now + ttl - n * 7919 % 30000)
  local id, room, m = 'host-' .. number, 'room-' .. number, string.format('%.0f', revision + n - ARGV[2])
  redis.call('HSET', P .. ':lease:' .. id, 'g', ARGV[4], 'a', room, 'v', ARGV[5], 's', 'idle', 'h', '',
    'x', ends, 'n', '0', 'u', '0', 'm', m)
  redis.call('SET', P .. ':alias:' .. room, id)
  local key, shown = 'host:' .. id, (string.gsub(ARGV[6], '${NUMBER}', number))
  redis.call('SET', key, shown, 'PX', ttl)
  redis.call('HSET', 'rendezvous:wire:{' .. key .. '}', 'r', m, 'v', shown)
  redis.call('PEXPIRE', 'rendezvous:wire:{' .. key .. '}', ttl)
  members[#members + 1] = ends
  members[#members + 1] = id
  ids[#ids + 1] = id
end
redis.call('ZADD', P .. ':live', unpack(members))
for _, list in ipairs({ ':free', ':free:' .. ARGV[4] }) do redis.call('SADD', P .. list, unpack(ids)) end
`,
);

/**
 * Gives back the hosts that were found first, by the least that does it: what brings hosts back is no part of what is
 * measured. ARGV: 0, how many at most.
 */
const giveBack = script(
  common,
  `
local held = redis.call('ZRANGE', P .. ':held', 0, ARGV[2] - 1)
if #held == 0 then return end
for _, id in ipairs(held) do redis.call('HSET', P .. ':lease:' .. id, 's', 'idle') end
local group = redis.call('HGET', P .. ':lease:' .. held[1], 'g')
for _, list in ipairs({ ':free', ':free:' .. group }) do redis.call('SADD', P .. list, unpack(held)) end
redis.call('ZREM', P .. ':away', unpack(held))
redis.call('ZREMRANGEBYRANK', P .. ':held', 0, #held - 1)
`,
);

/**
 * Fills the pool of a server with hosts that have beaten, straight in its Redis. One has beaten over HTTP before; ours
 * must look the same.
 */
export async function fillPool(redis: Redis, url: string, count: number): Promise<void> {
  const body = { hostId: "host-0", roomId: "room-0", region: REGION, publicIp: host.publicIp, gameInfo: host.info };
  const { status } = await fetch(`${url}/api/host/heartbeat`, { method: "POST", body: JSON.stringify(body) });
  if (status !== 200) throw new Error(`the first host's beat was answered ${status}`);
  const { publicIp, info, beatAt, foreign } = host;
  const carried = JSON.stringify({ publicIp, info, beatAt, foreign } satisfies Partial<Carried>);
  const shown = JSON.stringify(wireHost(host));
  for (let first = 1; first < count; first += BITE) {
    const last = Math.min(first + BITE, count) - 1;
    await redis.eval(fill.lua, 1, POOL, 0, first, last, REGION, carried, shown, TTL_MS);
  }
  const [theirs, own] = [await likeness(redis, 0), await likeness(redis, 1)];
  if (theirs !== own) throw new Error(`a filled host looks like\n${own}\nand one that has beaten like\n${theirs}`);
}

/** All that Redis keeps of a host, without what differs from one to the next: numbers. */
async function likeness(redis: Redis, n: number): Promise<string> {
  const id = `host-${n}`;
  const fields = async (key: string) =>
    Object.entries(await redis.hgetall(key)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const parts = [
    fields(`${POOL}:lease:${id}`),
    redis.get(`${POOL}:alias:room-${n}`),
    redis.get(`host:${id}`),
    fields(`rendezvous:wire:{host:${id}}`),
    ...["live", "away", "held", "timed"].map(async (list) => (await redis.zscore(`${POOL}:${list}`, id)) !== null),
    ...["free", `free:${REGION}`].map((list) => redis.sismember(`${POOL}:${list}`, id)),
  ];
  return JSON.stringify(await Promise.all(parts)).replace(/\d+(\.\d+)?/g, "0");
}

/** Goes on giving back what is found, so that a pool of a thousand lasts. The function that comes back ends it. */
export function keepGivingBack(redis: Redis, text = giveBack.lua, keys = [POOL], args: (string | number)[] = [0]) {
  const most = 256;
  let isOver = false;
  const loop = async (): Promise<void> => {
    while (!isOver) {
      // By its text, so that Redis' figures tell it from what is measured.
      await redis.eval(text, keys.length, ...keys, ...args, most);
      await Bun.sleep(2);
    }
  };
  const ended = loop();
  return async (): Promise<void> => {
    isOver = true;
    await ended;
  };
}
