import { describe, expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { createJournal } from "../../core/journal/journal.ts";
import type { RollCall } from "../../core/observation/roll-call.ts";
import { Objects } from "./objects.ts";
import type { Question } from "./questions.ts";
import { localPage, plain, type Source } from "./source.ts";
import type { Item, Kind } from "./wire.ts";

const clock = createVirtualClock();

function item(kind: Kind, id: string, state: string, node: string): Item {
  return { ...plain, kind, id, label: id, state, node };
}

/** Rooms of one node, in the order in which they came. */
function roomsOf(node: string, ids: readonly string[]): Source {
  const all = new Map(
    ids.map((id) => [id, () => item("rooms", id, id.endsWith("0") ? "met" : "waiting", node)] as const),
  );
  return {
    kind: "rooms",
    face: "rooms",
    states: ["waiting", "met"],
    isLocal: true,
    page: (query) => localPage(all, query),
    async find(id) {
      const found = all.get(id);
      return found === undefined ? null : { item: found() };
    },
    act: async (_name, id) => (all.has(id) ? `${node} did it to ${id}` : null),
  };
}

/** Nodes that can ask each other. */
function cluster(rooms: Readonly<Record<string, readonly string[]>>): readonly Objects[] {
  const nodes = new Map<string, Objects>();
  const answer = async (node: string, text: string) =>
    JSON.stringify(await nodes.get(node)!.answer(JSON.parse(text) as Question));
  const rollCall: RollCall = {
    one: answer,
    async all(question) {
      const answers = [...nodes.keys()].map(async (node) => [node, await answer(node, question)] as const);
      return new Map(await Promise.all(answers));
    },
  };
  for (const [node, ids] of Object.entries(rooms)) {
    const journal = createJournal(clock);
    for (const id of ids) journal.note("rooms", id, `seen on ${node}`);
    nodes.set(
      node,
      new Objects({
        sources: [roomsOf(node, ids)],
        journal,
        rollCall,
        node,
        hasOthers: () => false,
        now: () => clock.now(),
      }),
    );
  }
  return [...nodes.values()];
}

const names = (from: number, to: number, step: number): string[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, at) => `r${`${from + at * step}`.padStart(5, "0")}`);

async function walk(objects: Objects, limit: number, filter: { state?: string; q?: string } = {}) {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const { items, next } = await objects.list("rooms", { limit, cursor, ...filter });
    expect(items.length).toBeLessThanOrEqual(limit);
    ids.push(...items.map(({ id }) => id));
    cursor = next ?? undefined;
  } while (cursor !== undefined);
  return ids;
}

describe("objects of several nodes", () => {
  const all = names(0, 6_000, 1);
  const shuffled = (ids: readonly string[]) => ids.toSorted((a, b) => (a.slice(3) < b.slice(3) ? 1 : -1));
  const [one, other] = cluster({
    one: shuffled(all.filter((_, at) => at % 3 === 0)),
    // The last thousand are all here.
    other: shuffled(all.filter((_, at) => at % 3 !== 0 || at > 5_000)),
    empty: [],
  });

  test("are listed once, in order, none left out, however many a page has", async () => {
    expect(await walk(one!, 200)).toEqual(all);
    expect(await walk(other!, 77)).toEqual(all);
  });

  test("are found where only a few fit, though no page looks at all of them", async () => {
    expect(await walk(one!, 50, { state: "met" })).toEqual(all.filter((id) => id.endsWith("0")));
    expect(await walk(one!, 50, { q: "R05999" })).toEqual(["r05999"]);
  });

  test("are found, acted on where they are, and have the history of all nodes", async () => {
    expect((await one!.get("rooms", "r00001")).node).toBe("other");
    expect(await one!.act("rooms", "end", "r00001", true)).toBe("other did it to r00001");
    expect(await other!.act("rooms", "end", "r00003", true)).toBe("one did it to r00003");
    const { history } = await one!.get("rooms", "r05001");
    expect(new Set(history.map(({ node }) => node))).toEqual(new Set(["one", "other"]));
    expect(await one!.search("r00002")).toEqual({ items: [{ kind: "rooms", id: "r00002", label: "r00002" }] });
    expect(one!.act("rooms", "end", "nowhere", true)).rejects.toMatchObject({ code: "object_not_found" });
    expect(one!.get("rooms", "nowhere")).rejects.toMatchObject({ code: "object_not_found" });
    expect(one!.list("rooms", { limit: 1, cursor: "nonsense" })).rejects.toMatchObject({ code: "object_not_found" });
  });
});

test("a list takes several states, and asks nobody who knows none of them", async () => {
  const asked: string[] = [];
  const source = (face: string, states: readonly string[]): Source => ({
    ...{ kind: "matches", face, states, isLocal: false },
    async page({ states: wanted }) {
      asked.push(face);
      const items = states.map((state) => item("matches", `${face} ${state}`, state, "one"));
      return { items: items.filter(({ state }) => wanted?.includes(state!) ?? true), next: null };
    },
    find: async () => null,
  });
  const sources = [source("arena", ["playing", "completed"]), source("chat", ["talking"])];
  const rollCall: RollCall = { one: async () => "null", all: async () => new Map() };
  const journal = createJournal(clock);
  const objects = new Objects({
    sources,
    journal,
    rollCall,
    node: "one",
    hasOthers: () => false,
    now: () => clock.now(),
  });
  const idsOf = async (state: string) =>
    (await objects.list("matches", { limit: 10, state })).items.map(({ id }) => id);
  expect(await idsOf("playing,talking")).toEqual(["arena playing", "chat talking"]);
  expect(asked.splice(0)).toEqual(["arena", "chat"]);
  expect(await idsOf("talking")).toEqual(["chat talking"]);
  expect(asked.splice(0)).toEqual(["chat"]);
  expect(await idsOf("nonsense")).toEqual([]);
  expect(asked).toEqual([]);
});

test("what only another node serves is listed, found, searched and acted on there", async () => {
  const nodes = new Map<string, Objects>();
  const answer = async (node: string, text: string) =>
    JSON.stringify(await nodes.get(node)!.answer(JSON.parse(text) as Question));
  const rollCall: RollCall = {
    one: answer,
    all: async (text) =>
      new Map(await Promise.all([...nodes.keys()].map(async (node) => [node, await answer(node, text)] as const))),
  };
  const done: string[] = [];
  const hosts = (face: string): Source => ({
    ...{ kind: "hosts", face, states: ["idle"], isLocal: false },
    page: async () => ({ items: [item("hosts", `${face}:h`, "idle", "")], next: null }),
    find: async (id) => (id === `${face}:h` ? { item: item("hosts", id, "idle", "") } : null),
    search: async (text) => (text === `name-${face}` ? [item("hosts", `${face}:h`, "idle", "")] : []),
    act: async (_name, id) => (id === `${face}:h` ? `${done.push(id)} done` : null),
  });
  const deps = { rollCall, hasOthers: () => true, now: () => clock.now() };
  for (const [node, face] of [
    ["one", "pool"],
    ["other", "coordinator"],
  ] as const) {
    const journal = createJournal(clock, () => `request-of-${node}`);
    journal.note("hosts", `${face}:h`, "registered");
    nodes.set(node, new Objects({ ...deps, sources: [hosts(face)], journal, node }));
  }
  const one = nodes.get("one")!;
  expect((await one.list("hosts", { limit: 9 })).items.map(({ id }) => id)).toEqual(["pool:h", "coordinator:h"]);
  expect((await one.get("hosts", "coordinator:h")).history).toMatchObject([{ node: "other", what: "registered" }]);
  const found = { items: [{ kind: "hosts" as const, id: "coordinator:h", label: "coordinator:h" }] };
  expect(await one.search("name-coordinator")).toEqual(found);
  expect(await one.act("hosts", "maintenance", "coordinator:h", true)).toBe("1 done");
  // A request finds what it has changed, on whichever node it was served.
  expect(await one.search("request-of-other")).toEqual(found);
});
