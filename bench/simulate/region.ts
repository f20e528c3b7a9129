import { seededChance } from "./chance.ts";
import { Door } from "./door.ts";
import { Line } from "./line.ts";
import type { Plan } from "./plan.ts";
import { Station } from "./station.ts";
import { countOf, LEVELS, nobody, STEP_MS, takeSome, Waiting, type ByLevel } from "./waiting.ts";

/** Registrations that may wait on a node for the database; one more is told to come back later (1013). */
const MOST_REGISTERING = 50_000;

/** How many tries in vain "come back later" counts for at least. */
const COME_BACK_LATER = 2;

/** After how long a device that has not come back is announced as gone while a crowd registers, in ms. */
const GRACE_MS = 10_000;

/** What one step saw. Counts are of this step alone, times in ms. */
export interface Moment {
  readonly at: number;
  readonly online: number;
  /** Connections that were asked for, again after a refusal or for the first time. */
  readonly attempts: number;
  /** Attempts that failed: cut, given up by the kernel, or told to come back later. */
  readonly refused: number;
  /** How long the registration that was served last had waited on its node. */
  readonly delay: number;
  /** Parts of what the nodes, the Redis servers and the database can do that were used. */
  readonly nodes: number;
  readonly redis: number;
  readonly postgres: number;
}

/** Where every client is: in exactly one of these. */
export interface Census {
  /** Has not noticed yet that its connection is gone. */
  readonly unaware: number;
  readonly waiting: number;
  readonly knocking: number;
  readonly accepted: number;
  readonly registering: number;
  readonly online: number;
}

/**
 * One region: nodes behind a load balancer that spreads connections evenly, so that all do the same and are counted
 * together; the Redis servers, over which the users are spread; and the database. In steps of 10 ms; clients are counted,
 * not followed, by where they are and how often they have tried.
 */
export class Region {
  readonly #plan: Plan;
  readonly #chance: () => number;
  readonly #unaware: Waiting;
  readonly #backoff: Waiting;
  readonly #door: Door;
  readonly #registering = new Line();
  readonly #nodes: Station;
  readonly #redis: Station;
  readonly #postgres: Station;
  #step = 0;
  #online: number;
  /** Presences to be taken out, because their devices have not come back in time. */
  #leaving = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#chance = seededChance(plan.seed);
    this.#online = plan.clients - plan.lost;
    this.#unaware = new Waiting(plan.noticedFromMs + plan.noticedWithinMs);
    this.#unaware.scatter(plan.noticedFromMs / STEP_MS, plan.noticedWithinMs, 0, plan.lost, this.#chance);
    this.#backoff = new Waiting(plan.longestMs);
    this.#door = new Door(plan);
    this.#nodes = new Station(plan.nodes);
    this.#redis = new Station(plan.shards);
    this.#postgres = new Station(plan.databaseCores);
  }

  census(): Census {
    return {
      unaware: this.#unaware.count,
      waiting: this.#backoff.count,
      knocking: this.#door.knocking,
      accepted: this.#door.accepted,
      registering: this.#registering.count,
      online: this.#online,
    };
  }

  step(): Moment {
    const now = ++this.#step;
    this.#begin();
    // Whoever notices the loss begins with the shortest wait.
    this.#wait(0, countOf(this.#unaware.take(now)));
    if (now * STEP_MS === GRACE_MS && this.#plan.isOwnLoss) this.#leaving = this.#plan.clients - this.#online;

    const coming = this.#backoff.take(now);
    const attempts = countOf(coming);
    const failed = [...this.#door.arrive(now, coming)];
    for (const clients of failed) this.#tryAgain(clients);
    const waitedSince = this.#registering.since();
    const later = this.#serve(now);
    this.#tryAgain(later, COME_BACK_LATER);

    return {
      at: now * STEP_MS,
      online: this.#online,
      attempts,
      refused: failed.reduce((sum, clients) => sum + countOf(clients), countOf(later)),
      delay: waitedSince === null ? 0 : (now - waitedSince) * STEP_MS,
      nodes: this.#nodes.used(),
      redis: this.#redis.used(),
      postgres: this.#postgres.used(),
    };
  }

  /** What those who are there cost in a step comes first. */
  #begin(): void {
    const { costs, nodeLoad, nodes, clients } = this.#plan;
    const seconds = STEP_MS / 1_000;
    const messages = (nodeLoad * nodes * 1e6 * this.#online) / clients;
    this.#nodes.begin((messages + this.#online * costs.nodeUpkeepUs) * seconds);
    this.#redis.begin(this.#online * costs.redisUpkeepUs * seconds);
    this.#postgres.begin(this.#online * costs.postgresUpkeepUs * seconds);
  }

  /** Registers, takes out and lets in as many as there is time for; returns those for whom there is no room any more. */
  #serve(now: number): ByLevel {
    const { costs } = this.#plan;
    // The nodes share their time between the two by how much there is of each, as an event loop does.
    const within = this.#registering.count * costs.registerUs + this.#leaving * costs.leaveUs;
    const outside = this.#door.accepted * costs.handshakeUs;
    const time = this.#nodes.left();
    const inner = within + outside === 0 ? 0 : Math.max(time - outside, (time * within) / (within + outside));

    const most = Math.min(
      inner / costs.registerUs,
      this.#redis.left() / costs.redisUs,
      this.#postgres.left() / costs.postgresUs,
    );
    const registered = countOf(this.#registering.take(most));
    this.#online += registered;
    this.#nodes.use(registered * costs.registerUs);
    this.#redis.use(registered * costs.redisUs);
    this.#postgres.use(registered * costs.postgresUs);

    const mostLeaving = Math.min(
      (inner - registered * costs.registerUs) / costs.leaveUs,
      this.#redis.left() / costs.redisLeaveUs,
    );
    const left = Math.max(0, Math.min(this.#leaving, Math.floor(mostLeaving)));
    this.#leaving -= left;
    this.#nodes.use(left * costs.leaveUs);
    this.#redis.use(left * costs.redisLeaveUs);

    const opened = this.#door.letIn(this.#nodes.left() / costs.handshakeUs);
    this.#nodes.use(countOf(opened) * costs.handshakeUs);
    const room = MOST_REGISTERING * this.#plan.nodes - this.#registering.count;
    this.#registering.add(now, takeSome(opened, room));
    return opened;
  }

  #tryAgain(clients: ByLevel, least = 0): void {
    const next = nobody();
    clients.forEach((some, level) => (next[Math.min(LEVELS - 1, Math.max(level, least) + 1)]! += some));
    next.forEach((some, level) => this.#wait(level, some));
  }

  #wait(level: number, clients: number): void {
    const { firstMs, longestMs } = this.#plan;
    if (clients > 0) {
      this.#backoff.scatter(this.#step, Math.min(longestMs, firstMs * 2 ** level), level, clients, this.#chance);
    }
  }
}
