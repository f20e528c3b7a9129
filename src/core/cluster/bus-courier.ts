import type { Bus, Subscription } from "../../ports/bus.ts";
import type { Clock, Timer } from "../../ports/clock.ts";
import { noTraces, type Traces } from "../../ports/traces.ts";
import { PROBE_MS, type Load } from "./asking.ts";
import { ASK_MS, LONGEST_ASK_MS, type Courier, type Serve } from "./courier.ts";
import { head, readParcel, write } from "./parcel.ts";
import { channelOf, Peer } from "./peer.ts";
import { isFailure } from "./refusals.ts";
import { createSelfAsking } from "./self-asking.ts";
import { SleepGuard } from "./sleep-guard.ts";

/** The soonest that what waits is looked at, in ms. */
const SOONEST_MS = 10;

export interface BusCourier extends Courier {
  /** Joins the bus. Ending the subscription ends the courier: whoever still waits for an answer is told. */
  start(): Subscription;
  /** This node is dead: whoever waits for an answer of it is told now. */
  gone(node: string): void;
  /** How many questions to other nodes wait for their answer. */
  waiting(): number;
}

/**
 * A courier over a bus that may lose, repeat and turn round. Between each two nodes there is a link in either direction
 * with numbers, answers and repetition; see `docs/decisions/nodes.md`.
 */
export function createBusCourier(deps: {
  readonly node: string;
  readonly bus: Bus;
  readonly clock: Clock;
  /** Whether a node that hears nothing may still come back. Left out: it may not. */
  isLive?(node: string): boolean;
  /** Left out: nobody follows what nodes ask of each other. */
  readonly traces?: Traces;
  failed(error: unknown): void;
}): BusCourier {
  const { node, bus, clock, traces = noTraces, failed } = deps;
  const handlers = new Map<string, Serve>();
  const peers = new Map<string, Peer>();
  const load: Load = { asks: 0, units: 0 };
  let newestLink = 0;
  let timer: { readonly at: number; readonly pending: Timer } | null = null;

  const serve = (topic: string, body: string, from: string): string | Promise<string> => {
    const noted = (error: unknown): never => {
      if (isFailure(error)) failed(error);
      throw error;
    };
    try {
      const handle = handlers.get(topic);
      if (handle === undefined) throw new Error(`nobody serves ${topic}`);
      const answer = handle(body, from);
      return typeof answer === "string" ? answer : answer.catch(noted);
    } catch (error) {
      return noted(error);
    }
  };

  // Later than that of a process before this one that had the same name.
  const nextLink = (): number => (newestLink = Math.max(newestLink + 1, clock.now()));

  const peerOf = (other: string): Peer => {
    const known = peers.get(other);
    if (known !== undefined) return known;
    const peer = new Peer({
      node: other,
      self: node,
      bus,
      clock,
      load,
      isLive: deps.isLive ?? (() => false),
      serve: (topic, body, parent) =>
        parent === undefined
          ? serve(topic, body, other)
          : traces.within(parent, `node ${topic}`, () => serve(topic, body, other)),
      nextLink,
    });
    peers.set(other, peer);
    return peer;
  };

  const lookBy = (at: number): void => {
    if (at === Infinity || (timer !== null && timer.at <= at)) return;
    timer?.pending.cancel();
    const wait = Math.max(SOONEST_MS, at - clock.now());
    timer = { at: clock.now() + wait, pending: clock.after(wait, look) };
  };
  const look = (): void => {
    timer = null;
    let next = self.look();
    for (const peer of peers.values()) next = Math.min(next, peer.look());
    lookBy(next);
  };

  const self = createSelfAsking({ node, clock, serve: (topic, body) => serve(topic, body, node) });
  const guard = new SleepGuard({
    clock,
    bus,
    channel: channelOf(node),
    mark: (number) => `${head(node)}${write.fence(number)}`,
  });

  const hear = (text: string): void => {
    try {
      const { from, items } = readParcel(text);
      if (from !== node) {
        peerOf(from).hear(items, guard.isAwake());
        return;
      }
      for (const item of items) if (item.type === "fence") guard.passed(item.number);
    } catch (error) {
      failed(error);
    }
  };

  const sweep = (): void => {
    for (const [other, peer] of peers) if (peer.sweep()) peers.delete(other);
  };

  return {
    node,
    serve(topic, handle) {
      handlers.set(topic, handle);
    },
    ask(to, topic, body, withinMs = ASK_MS) {
      const deadline = clock.now() + Math.min(withinMs, LONGEST_ASK_MS);
      if (to === node) {
        lookBy(deadline);
        return self.ask(topic, body, deadline);
      }
      return new Promise((resolve, reject) => {
        const peer = peerOf(to);
        const parent = traces.current();
        peer.ask({ topic, body, deadline, resolve, reject, ...(parent === null ? {} : { parent }) });
        lookBy(Math.min(deadline, clock.now() + PROBE_MS));
      });
    },
    gone: (other) => peers.get(other)?.end(),
    waiting: () => load.asks,
    start() {
      const { inForce, end } = bus.subscribe(channelOf(node), hear);
      const deaf = bus.onGap(() => {
        for (const peer of peers.values()) peer.missed();
      });
      guard.start(sweep);
      return {
        inForce,
        end() {
          end();
          deaf();
          guard.stop();
          timer?.pending.cancel();
          for (const peer of peers.values()) peer.end();
        },
      };
    },
  };
}
