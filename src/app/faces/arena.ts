import { evmSigners } from "../../adapters/evm/signers.ts";
import { Matches } from "../../core/matches/matches.ts";
import { QueueWatch } from "../../core/matches/queue-watch.ts";
import { QueueMatches } from "../../core/matches/queue-matches.ts";
import { Queue } from "../../core/matches/queue.ts";
import { Ratings } from "../../core/ratings/ratings.ts";
import { Signatures } from "../../core/signatures/signatures.ts";
import { Wagers } from "../../core/wagers/wagers.ts";
import { notedMatches, notedQueue } from "../../core/journal/noted-arena.ts";
import { Waits } from "../../core/journal/waits.ts";
import { arenaFace } from "../../faces/arena/face.ts";
import { arenaMatches, arenaTickets, streamSource } from "../../faces/operator/sources/arena.ts";
import { arenaCensus } from "../../faces/operator/sources/censuses.ts";
import { operatorAccess } from "../operator-access.ts";
import type { Face } from "../../transport/face.ts";
import type { RecordGround } from "./ground.ts";
import { createStreams } from "./streams.ts";

export function buildArena(ground: RecordGround): Face {
  const { config, engine, records, limits, failed } = ground;
  const { random, bus } = engine;
  const { clock, ratings } = records;
  const { journal, sources, censuses, queues, numbers } = ground.showcase;
  const matches = notedMatches(records.matches, journal);
  const waits = new Waits(clock);
  const postsRatings = config.ARENA_PRIVATE_KEY !== null;
  const verifies = config.ARENA_VERIFY_SIGNATURES === "on";
  const watch = new QueueWatch({ bus, clock, failed: failed("could not tell who watches the queue") });
  const played = new Matches({ matches, clock, ratesUnsigned: !verifies, postsRatings });
  const queue = new Queue({
    queue: notedQueue({ queue: records.queue, journal, waits }),
    ...{ clock, random },
    onLeft: (queueId) => watch.left(queueId),
  });
  const streams = createStreams(ground, played);
  sources.push(
    arenaTickets(queue, records.operator),
    arenaMatches(matches, records.operator),
    streamSource({ streams: streams.streams, viewers: (id) => streams.counts.total(id) }),
  );
  queues.set("arena", { waits });
  numbers.push(() => ({ viewers: streams.viewers.size }));
  censuses.set("arena", () => arenaCensus(records.operator, matches, streams.streams));
  return arenaFace({
    queue,
    watch,
    matches: played,
    signatures: new Signatures({
      matches,
      clock,
      proof: { chainId: config.MONAD_CHAIN_ID, contract: config.MATCH_PROOF },
      signers: verifies ? evmSigners : null,
      postsRatings,
    }),
    wagers: new Wagers({ matches, clock }),
    ratings: new Ratings({ ratings }),
    queueMatches: new QueueMatches({ ...ground, clock }),
    limits,
    access: operatorAccess(config, ground.access),
    audited: ground.auditing.audited,
    clock,
    ...streams,
    failed: failed("could not look for expired entries and matches"),
  });
}
