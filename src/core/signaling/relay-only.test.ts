import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { relayedSignal, WITHHELD } from "./relay-only.ts";
import { MAX_LINES, relayedDescription } from "./relayed-description.ts";

const HOST = "candidate:1 1 udp 2113937151 192.0.2.7 53705 typ host";
const RELAY = "candidate:5 1 udp 41885439 198.51.100.4 61234 typ relay raddr 0.0.0.0 rport 9";

const lines = (...all: string[]) => all.map((line) => `${line}\r\n`).join("");

describe("a signal", () => {
  test.each([
    { candidate: HOST },
    { candidate: { candidate: HOST, sdpMid: "0", sdpMLineIndex: 0 } },
    { payload: { ice: [{ candidate: { candidate: `a=${HOST}` } }] }.ice[0] },
    { candidate: HOST.replace("candidate:", "") },
    { candidate: `${HOST.replace("candidate:", "")}\n` },
    { payload: JSON.stringify({ candidate: HOST }) },
    { payload: JSON.stringify(JSON.stringify({ candidate: { candidate: HOST } })) },
    { payload: "something else" },
    { candidate: 7 },
    {},
    JSON.parse(`${'{"a":'.repeat(100)}{"candidate":"${RELAY}"}${"}".repeat(100)}`),
  ])("%j is withheld", (value) => expect(relayedSignal("candidate", value)).toBe(WITHHELD));

  test.each([
    { type: "ice-candidate", candidate: { candidate: RELAY, sdpMid: "0", sdpMLineIndex: 0 } },
    { candidate: RELAY },
    { candidate: null },
    { candidate: { candidate: "", sdpMid: "0" } },
    { payload: JSON.stringify({ candidate: RELAY }) },
  ])("%j passes", (value) => expect(relayedSignal("candidate", value)).toEqual(value));

  test.each([
    { type: "host", address: "192.0.2.7", port: 1 },
    { foundation: "1", ip: "192.0.2.7", port: 1, protocol: "udp" },
    { candidateType: "serverReflexive", ipAddress: "192.0.2.7" },
    { candidate_type: "prflx", addr: "192.0.2.7" },
  ])("%j, a candidate by its members, is withheld", (one) => {
    expect(relayedSignal("candidate", { type: "ice-candidate", candidate: one })).toBe(WITHHELD);
    expect(relayedSignal("candidate", { candidates: [{ candidate: RELAY }, one] })).toEqual({
      candidates: [{ candidate: RELAY }],
    });
    expect(relayedSignal("description", { type: "offer", sdp: "v=0", candidates: [one], ice: one })).toEqual({
      ...{ type: "offer", sdp: "v=0", candidates: [] },
    });
  });

  test("of a relayed candidate does not say the address behind it, in whatever member", () => {
    const whole = { candidate: RELAY, sdpMid: "0", type: "relay", address: "198.51.100.4", port: 61_234 };
    for (const related of [
      { relatedAddress: "192.0.2.7", relatedPort: 53_705 },
      { related_address: "192.0.2.7", related_port: 53_705 },
      { raddr: "192.0.2.7", rport: 53_705 },
    ]) {
      expect(relayedSignal("candidate", { candidate: { ...whole, ...related } })).toEqual({ candidate: whole });
      expect(relayedSignal("description", { type: "offer", ...related })).toEqual({ type: "offer" });
    }
    const { candidate: _, ...members } = whole;
    expect(relayedSignal("candidate", { candidate: members })).toEqual({ candidate: members });
  });

  test("loses of a list what may not pass, and no more", () => {
    const value = { sdp: { type: "offer", sdp: lines("v=0", `a=${HOST}`) }, candidates: [{ candidate: HOST }, RELAY] };
    const left = { sdp: { type: "offer", sdp: lines("v=0") }, candidates: [RELAY] };
    expect(relayedSignal("description", value)).toEqual(left);
    expect(relayedSignal("description", { payload: JSON.stringify(value) })).toEqual({ payload: JSON.stringify(left) });
  });

  test("that is no candidate loses the members that may not pass, and goes on", () => {
    const sdp = lines("v=0", `a=${RELAY}`);
    for (const more of [
      { candidate: { candidate: HOST } },
      { note: HOST },
      { deep: { a: [1], b: { candidate: HOST } } },
    ]) {
      expect(relayedSignal("description", { type: "offer", sdp, ...more })).toEqual({ type: "offer", sdp });
      expect(relayedSignal("description", { type: "bye", ...more })).toEqual({ type: "bye" });
      expect(relayedSignal("candidate", { type: "offer", sdp, ...more })).toBe(WITHHELD);
    }
  });

  test("that describes nothing stays as it is", () => {
    const value = { type: "bye", n: 1.5, deep: [null, true, { text: "typ host" }] };
    expect(relayedSignal("description", value)).toEqual(value);
  });

  test("is withheld, or loses the field, that has more addresses to look at than anybody has", () => {
    const sdps = Array.from({ length: 5_000 }, () => "m=audio 5004 x");
    const left = relayedSignal("description", { type: "bye", list: sdps, sdp: sdps.join("\n") }) as { list: string[] };
    expect(Object.keys(left)).toEqual(["type", "list"]);
    expect(left.list.length).toBe(MAX_LINES);
    expect([...new Set(left.list)]).toEqual(["m=audio 9 x"]);
    expect(relayedSignal("candidate", { candidate: RELAY, sdp: sdps.join("\n") })).toBe(WITHHELD);
  });

  test("holds texts in brackets as they are, until there are more of them than anybody writes", () => {
    const marked = (count: number) => Array.from({ length: count }, (_, at) => `[${at} not JSON]`);
    const open = Array.from({ length: 1_000 }, () => '[ann] says "hello"');
    const all = { type: "talk", open, marked: marked(256), text: "x" };
    expect(relayedSignal("description", all)).toEqual({ ...all });
    const late = { ...all, more: "[no JSON]", json: JSON.stringify({ candidate: HOST }), open: "[ann] again" };
    expect(relayedSignal("description", late)).toEqual({ ...all, open: "[ann] again" });
  });

  const word = fc.stringMatching(/^[\x21-\x7e]{1,12}$/);
  const host = fc
    .tuple(
      fc.constantFrom("udp", "tcp", "UDP"),
      fc.constantFrom("host", "srflx", "prflx", "relayx", "Host"),
      fc.array(fc.oneof(word, fc.constant("typ relay"), fc.constant("relay")), { maxLength: 6 }),
    )
    .map(([over, type, rest]) => ["candidate:1 1", over, "99 SECRET 5 typ", type, ...rest].join(" "));
  const end = fc.constantFrom("\r\n", "\n", "\r", "\u2028");

  test("never lets an address through, wherever its candidate stands", () => {
    const sdp = fc.tuple(fc.array(host), end).map(([all, by]) => ["v=0", ...all.map((one) => `a=${one}`)].join(by));
    const leaf = fc.oneof(
      host,
      sdp,
      host.map((one) => ({ candidate: one })),
      fc.string(),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie("tree"), { maxKeys: 3 }),
        tie("tree").map((inner) => JSON.stringify(inner)),
      ),
    }));
    fc.assert(
      fc.property(fc.constantFrom("candidate" as const, "description" as const), tree, (kind, value) => {
        const left = relayedSignal(kind, value);
        if (left !== WITHHELD) expect(JSON.stringify(left) ?? "").not.toContain("SECRET");
      }),
      { numRuns: 2_000 },
    );
  });

  test("changes nothing that has been through it once", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(host, fc.constant(RELAY), fc.string())), end, (all, by) => {
        const once = relayedDescription(all.map((one) => `a=${one}`).join(by))!;
        expect(relayedDescription(once)).toBe(once);
      }),
    );
  });
});

describe("looking through a signal", () => {
  const SIZE = 256 * 1_024;
  /** As it comes from JSON. */
  const sent = (message: object): object => JSON.parse(JSON.stringify(message)) as object;
  const text = (unit: string) => sent({ type: "offer", sdp: `v=0 ${unit.repeat(SIZE / unit.length)}` });
  const list = (unit: string) =>
    sent({ type: "offer", texts: Array.from({ length: SIZE / (JSON.stringify(unit).length + 1) }, () => unit) });

  const texts = {
    ...Object.fromEntries(
      [
        ...[
          "\n",
          "\r",
          "\r\n",
          "\u2028",
          " ",
          " \n",
          "\t\n",
          "\u3000\n",
          "a\n",
          "a=\n",
          "a =\n",
          "a=c\n",
          "c=\n",
          "m=\n",
        ],
        ...["o=\n", "a=candidate:\n", "candidate:\n", "candidate\n", `a=${HOST}\n`, `a=${RELAY}\n`, "a=rtcp:1\n"],
        ...["a=rtcp\n", "a=x-\n", "a=altc\n", "m=a 5\n", "c=IN IP4 1\n", "o=a 1 1 IN IP4 x\n"],
        ...["a=", "c=IN IP4 ", "a=candidate:", "o=x ", "typ relay ", `\na=candidate:${"1 ".repeat(50_000)}`, "["],
      ].map((unit) => [`many ${JSON.stringify(unit.slice(0, 30))}`, text(unit)]),
    ),
    "a long candidate": { candidate: `candidate:1 1 udp 1 a 1 typ relay ${"typ relay ".repeat(SIZE / 10)}` },
  };
  const lists = Object.fromEntries(
    ["\n", "a=", "c=", "[", "{", "[x]", "{x}", '"x"x"', "candidate:"].map((unit) => [JSON.stringify(unit), list(unit)]),
  );

  const time = (message: object): number => {
    const began = performance.now();
    relayedSignal("description", message);
    relayedSignal("candidate", message);
    return performance.now() - began;
  };
  const best = (message: object, runs: number) => Math.min(...Array.from({ length: runs }, () => time(message)));

  /** Those that cost more than so many times what something ordinary does. */
  function dear(messages: Readonly<Record<string, object>>, ordinary: object, times: number): readonly string[] {
    let unit = best(ordinary, 30);
    const found = Object.entries(messages).filter(([, message]) => {
      // As often as it takes: a busy machine makes things dearer than they are, never cheaper.
      let least = Infinity;
      for (let round = 0; round < 6; round++) {
        unit = Math.min(unit, best(ordinary, 3));
        least = Math.min(least, best(message, 3));
        if (least < times * unit) return false;
      }
      return true;
    });
    return found.map(([what]) => what);
  }

  test("costs not much more than an ordinary text does, whatever the text is", () => {
    expect(dear(texts, text("some words "), 50)).toEqual([]);
  }, 120_000);

  test("costs not much more than an ordinary list does, whatever the texts in it are", () => {
    expect(dear(lists, list("ab"), 10)).toEqual([]);
  }, 120_000);
});
