import { evmSigners } from "../../adapters/evm/signers.ts";
import { Matches } from "../../core/matches/matches.ts";
import { QueueWatch } from "../../core/matches/queue-watch.ts";
import { Queue } from "../../core/matches/queue.ts";
import { Ratings } from "../../core/ratings/ratings.ts";
import { Signatures } from "../../core/signatures/signatures.ts";
import { Wagers } from "../../core/wagers/wagers.ts";
import { arenaFace } from "../../faces/arena/face.ts";
import type { Face } from "../../transport/face.ts";
import type { RecordGround } from "./ground.ts";
import { createStreams } from "./streams.ts";

export function buildArena(ground: RecordGround): Face {
  const { config, engine, records, limits, failed } = ground;
  const { random, bus } = engine;
  const { clock, matches, ratings } = records;
  const postsRatings = config.ARENA_PRIVATE_KEY !== null;
  const verifies = config.ARENA_VERIFY_SIGNATURES === "on";
  const watch = new QueueWatch({ bus, clock, failed: failed("could not tell who watches the queue") });
  const played = new Matches({ matches, clock, ratesUnsigned: !verifies, postsRatings });
  return arenaFace({
    queue: new Queue({ queue: records.queue, matches, clock, random, onLeft: (queueId) => watch.left(queueId) }),
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
    entitlements: ground.entitlements,
    limits,
    adminToken: config.ADMIN_TOKEN,
    clock,
    ...createStreams(ground, played),
    failed: failed("could not look for expired entries and matches"),
  });
}
