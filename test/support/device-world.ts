import { createMemoryNodes } from "../../src/adapters/memory/nodes.ts";
import { createMemoryPresences } from "../../src/adapters/memory/presences.ts";
import { systemRandom } from "../../src/adapters/system/random.ts";
import type { AccountNews, Directory, HearNews } from "../../src/core/accounts/directory.ts";
import { createBusCourier } from "../../src/core/cluster/bus-courier.ts";
import { createMembership } from "../../src/core/cluster/leased-membership.ts";
import type { DeviceEnd, DeviceNews, Refused, Target } from "../../src/core/devices/device.ts";
import { Devices } from "../../src/core/devices/devices.ts";
import type { DeviceSocket } from "../../src/core/devices/device-socket.ts";
import type { Outside } from "../../src/core/devices/outside.ts";
import { DomainError } from "../../src/core/errors/errors.ts";
import type { Bus } from "../../src/ports/bus.ts";
import type { Nodes } from "../../src/ports/nodes.ts";
import type { Presences } from "../../src/ports/presences.ts";
import { StoreUnavailable } from "../../src/ports/store-error.ts";
import { createLossyBus } from "./lossy-bus.ts";
import { createStoppableClock } from "./stoppable-clock.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";

/** Several nodes in this process, on one store and one clock. */
export type DeviceWorld = ReturnType<typeof createDeviceWorld>;
export type DeviceNode = ReturnType<DeviceWorld["join"]>;

/** Presences of a dead node that are handed out at once. */
const PAGE = 10;

/** Of a lookup, as many commands are under way at once. */
const GROUPS_AT_ONCE = 128;

/** Everything one device has been told. */
export class TestDevice {
  readonly got: string[] = [];
  readonly news: string[] = [];
  readonly refused: { readonly to: Target; readonly why: Refused }[] = [];
  /** What it was told of its registrations: the socket. */
  readonly registered: string[] = [];
  end: DeviceEnd | null = null;
  /** True while it does not read: nothing can be handed over. */
  isStuck = false;
  readonly socket: DeviceSocket;

  constructor(devices: Devices) {
    this.socket = devices.connect({
      registered: (socket) => void this.registered.push(socket),
      deliver: (text) => !this.isStuck && this.end === null && this.got.push(text) > 0,
      tell: ({ type, email, device }: DeviceNews) => void this.news.push(`${type} ${email} ${device}`),
      refused: ({ email, device }, why) => void this.refused.push({ to: { email, device }, why }),
      end: (why) => (this.end = why),
    });
  }

  send(email: string, device: string, text: string): void {
    this.socket.send(email, device, text);
  }

  async online(): Promise<string[]> {
    return (await this.socket.check()).map(({ email, device }) => `${email} ${device}`);
  }
}

/** People whose tokens are `email` or `email#id`, and who know each other as `befriend` says. */
export function createTestDirectory(clock: VirtualClock) {
  const contacts = new Map<string, Set<string>>();
  const revoked = new Set<string>();
  /** With the node that each is on. */
  const hearers = new Map<HearNews, string>();
  let asked = 0;
  let held: Promise<void> | null = null;
  let heldContacts: Promise<void> | null = null;
  let changes = 0;
  const of = (email: string): Set<string> => {
    const known = contacts.get(email) ?? new Set();
    contacts.set(email, known);
    return known;
  };
  const tell = (news: AccountNews): void => {
    for (const hear of hearers.keys()) void hear(news, false);
  };
  const directoryOf = (node: string): Directory => ({
    async identify(token) {
      await held;
      const [email, ms] = token.split("#")[0]!.split("<") as [string, string | undefined];
      if (!email.includes("@")) throw new DomainError("malformed_token");
      if (revoked.has(token)) throw new DomainError("invalid_token");
      return { email, tokenId: token, expiresAt: clock.now() + Number(ms ?? 3_600_000) };
    },
    async contactsOf(email) {
      asked++;
      const answer = new Set(of(email));
      await heldContacts;
      return answer;
    },
    revoked: async (ids) => ids.filter((id) => revoked.has(id)),
    onNews(hear) {
      hearers.set(hear, node);
      return () => hearers.delete(hear);
    },
  });
  return {
    directoryOf,
    tell,
    asked: () => asked,
    /** Tokens are not looked at until the function that comes back is called. */
    hold(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return () => {
        held = null;
        resolve();
      };
    },
    /** The same of contacts: their answers, that is, of when they were asked. */
    holdContacts(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      heldContacts = promise;
      return () => {
        heldContacts = null;
        resolve();
      };
    },
    /** Two are no contacts any more, which only this node is told; resolves as it does for whoever waits. */
    async partOn(node: string, a: string, b: string) {
      of(a).delete(b);
      of(b).delete(a);
      const change = { who: a, are: false, order: ++changes };
      for (const [hear, on] of hearers) {
        if (on === node) await hear({ type: "contacts", emails: [a, b], change }, true);
      }
    },
    /** Without `quietly`, everybody hears of it. */
    befriend(a: string, b: string, quietly = false) {
      of(a).add(b);
      of(b).add(a);
      const change = { who: a, are: true, order: ++changes };
      if (!quietly) tell({ type: "contacts", emails: [a, b], change });
    },
    part(a: string, b: string, quietly = false) {
      of(a).delete(b);
      of(b).delete(a);
      const change = { who: a, are: false, order: ++changes };
      if (!quietly) tell({ type: "contacts", emails: [a, b], change });
    },
    revoke(token: string, quietly = false) {
      revoked.add(token);
      if (!quietly) tell({ type: "revoked", tokenIds: [token] });
    },
  };
}

export function createDeviceWorld() {
  const clock = createVirtualClock();
  const people = createTestDirectory(clock);
  const bus = createLossyBus(clock);
  const state = {
    away: false,
    isKnown: true,
    lookups: 0,
    /** Commands of lookups that wait for an answer, the most there were, and how many may be. */
    underWay: 0,
    mostUnderWay: 0,
    mayBeUnderWay: 8_192,
    /** Called when a presence is about to be restored. */
    restoring: null as (() => void) | null,
    /** Waited for before each page of a dead node's presences. */
    page: null as (() => Promise<void>) | null,
    slow: null as ((groups: readonly string[]) => Promise<void>) | null,
    /** Waited for before the answer to each presence that was entered comes. */
    answering: null as (() => Promise<void>) | null,
  };
  let presences = createMemoryPresences(clock);
  let nodes = createMemoryNodes(clock);
  const failures: unknown[] = [];

  const guard = async (): Promise<void> => {
    if (state.away) throw new StoreUnavailable(new Error("away"));
  };
  /** As with Redis, where a node's index is written before the presence: steps that do not may overtake these. */
  const noted = async (): Promise<void> => {
    for (let turn = 0; turn < 8; turn++) await guard();
  };
  const shared: Presences = {
    enter: async (...args) => (await noted(), presences.enter(...args)),
    async enterIfRoom(...args) {
      await noted();
      const entered = await presences.enterIfRoom(...args);
      await state.answering?.();
      return entered;
    },
    async restore(...args) {
      state.restoring?.();
      await noted();
      return presences.restore(...args);
    },
    prolong: async (...args) => (await guard(), presences.prolong(...args)),
    leave: async (...args) => (await guard(), presences.leave(...args)),
    async of(groups) {
      await guard();
      state.lookups++;
      const commands = Math.min(groups.length, GROUPS_AT_ONCE);
      state.underWay += commands;
      state.mostUnderWay = Math.max(state.mostUnderWay, state.underWay);
      try {
        // As with Redis, where more commands than may be under way are refused.
        if (state.underWay > state.mayBeUnderWay) throw new StoreUnavailable(new Error("too many commands"));
        await state.slow?.(groups);
        await guard();
        return await presences.of(groups);
      } finally {
        state.underWay -= commands;
      }
    },
    async *ofNode(node) {
      await guard();
      for await (const page of presences.ofNode(node)) {
        for (let at = 0; at < page.length; at += PAGE) {
          await state.page?.();
          yield page.slice(at, at + PAGE);
        }
      }
    },
  };
  const sharedNodes: Nodes = {
    beat: async (...args) => (await guard(), nodes.beat(...args)),
    live: async () => (await guard(), nodes.live()),
    dead: async () => (await guard(), nodes.dead()),
    forget: async (id) => (await guard(), nodes.forget(id)),
    amend: async (...args) => (await guard(), nodes.amend(...args)),
    leave: async (id) => (await guard(), nodes.leave(id)),
  };

  return {
    clock,
    people,
    bus,
    state,
    failures,
    presences: shared,
    /** Lets everything happen that needs no time. */
    async settle() {
      for (let turn = 0; turn < 10; turn++) {
        await new Promise<void>((resume) => setImmediate(resume));
        await clock.advance(0);
      }
    },
    /** The store and the way between the nodes are gone, and come back with everything. */
    setAway(away: boolean) {
      state.away = away;
      bus.isAway = away;
      if (!away) bus.gap();
    },
    /** The store has lost everything. */
    flush() {
      presences = createMemoryPresences(clock);
      nodes = createMemoryNodes(clock);
    },
    join(id: string, outside: Outside | null = null) {
      const own = createStoppableClock(clock);
      let isStopped = false;
      let unheard: (() => void)[] = [];
      const ownBus: Bus = {
        publish: (channel, message) => bus.publish(channel, message),
        subscribe: (channel, hear) =>
          bus.subscribe(channel, (message) => {
            if (isStopped) unheard.push(() => hear(message));
            else hear(message);
          }),
        onGap: (tell) => bus.onGap(tell),
      };
      const failed = (error: unknown): void => {
        if (!(error instanceof StoreUnavailable)) failures.push(error);
      };
      const courier = createBusCourier({
        node: id,
        bus: ownBus,
        clock: own,
        failed,
        isLive: (other) => membership.isLive(other),
      });
      const membership = createMembership({ node: id, nodes: sharedNodes, clock: own, faces: ["devices"], failed });
      const devices = new Devices({
        ...{ presences: shared, courier, membership, directory: people.directoryOf(id) },
        ...{ clock: own, timeOfDay: own, random: systemRandom, outside, failed },
        isStoreAway: () => state.away && state.isKnown,
      });
      const line = courier.start();
      devices.start();
      return {
        id,
        devices,
        courier,
        membership,
        clock: own,
        async start() {
          await membership.start();
        },
        /** As SIGSTOP does; and as SIGKILL, if it never goes on. */
        stop() {
          isStopped = true;
          own.stop();
        },
        goOn() {
          isStopped = false;
          const late = unheard;
          unheard = [];
          own.goOn();
          for (const hear of late) hear();
        },
        kill() {
          isStopped = true;
          own.stop();
          line.end();
        },
        async leave() {
          await devices.stop();
          await membership.stop();
        },
        open: () => new TestDevice(devices),
        /** A device that has registered. */
        async device(email: string, device: string, token = email): Promise<TestDevice> {
          const opened = new TestDevice(devices);
          await opened.socket.register({ token, email, device, name: `${device}'s name`, type: null });
          return opened;
        },
      };
    },
  };
}

/** Three nodes that know each other, and two people who do. `ms`: how long they have run. */
export async function startDeviceNodes([one, other]: readonly [string, string], ms = 5_000) {
  const world = createDeviceWorld();
  const nodes = ["a", "b", "c"].map((id) => world.join(id));
  for (const node of nodes) await node.start();
  world.people.befriend(one, other, true);
  await world.clock.advance(ms);
  return { world, nodes };
}
