import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { relayedCandidate, relayedDescription, relayedSignal, WITHHELD } from "./relay-only.ts";

const HOST = "candidate:1 1 udp 2113937151 192.0.2.7 53705 typ host";
const REFLEXIVE = "candidate:2 1 udp 1677729535 203.0.113.9 53705 typ srflx raddr 192.0.2.7 rport 53705";
const MDNS = "candidate:3 1 udp 2113937151 1f4712db-ea17-4bcf-a596-105139dfd8bf.local 54596 typ host generation 0";
const TCP = "candidate:4 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active";
const RELAY = "candidate:5 1 udp 41885439 198.51.100.4 61234 typ relay raddr 0.0.0.0 rport 9";

describe("a candidate", () => {
  test.each([HOST, REFLEXIVE, MDNS, TCP, REFLEXIVE.replace("srflx", "prflx")])("%s is withheld", (line) => {
    expect(relayedCandidate(line)).toBeNull();
    expect(relayedCandidate(`a=${line}`)).toBeNull();
  });

  test.each([
    RELAY,
    `a=${RELAY}`,
    `${RELAY}\r\n`,
    "candidate:5 1 TCP 41885439 2001:db8::4 61234 TYP RELAY raddr :: rport 9",
    "candidate:5 1 udp 41885439 198.51.100.4 61234 typ relay",
    `${RELAY} generation 0 ufrag aB+/ network-id 1 network-cost 10`,
    "candidate:a+/Z0 256 ssltcp 4294967295 relay.example.org 1 typ relay tcptype passive",
  ])("%j passes as it is", (line) => expect(relayedCandidate(line)).toBe(line));

  test("that is relayed goes without the address behind it", () => {
    expect(relayedCandidate(RELAY.replace("0.0.0.0 rport 9", "192.0.2.7 rport 53705 generation 0"))).toBe(
      `${RELAY} generation 0`,
    );
    expect(relayedCandidate("candidate:5 1 udp 1 2001:db8::4 6 typ relay raddr 2001:db8::7 rport 5")).toBe(
      "candidate:5 1 udp 1 2001:db8::4 6 typ relay raddr :: rport 9",
    );
  });

  test.each([
    `${HOST} ufrag typ relay`,
    `${HOST} x typ relay`,
    "candidate:typ 1 udp 2113937151 192.0.2.7 53705 typ host typ relay",
    "candidate:1 1 udp 2113937151 192.0.2.7 53705 typ\trelay",
    "candidate:1 1 udp 2113937151 192.0.2.7 53705  typ relay",
    "candidate:1 1 udp 2113937151 192.0.2.7 53705 typ relayed",
    "candidate:1 1 udp 2113937151 192.0.2.7 typ relay",
    "candidate:1 1 udp 2113937151 192.0.2.7 53705 foo bar typ relay",
    `${RELAY} typ host`,
    `${RELAY} raddr 192.0.2.7`,
    `${RELAY}\n${HOST}`,
    `${RELAY}\u2028${HOST}`,
    ` ${RELAY}`,
    "candidate:",
    "relay",
  ])("%j does not pass for a relayed one", (line) => expect(relayedCandidate(line)).toBeNull());

  test("that is empty ends the candidates, and passes", () => expect(relayedCandidate("")).toBe(""));
});

const lines = (...all: string[]) => all.map((line) => `${line}\r\n`).join("");

describe("a description", () => {
  const head = ["v=0", "o=- 46117 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "a=msid-semantic: WMS"];
  const media = ["a=ice-ufrag:typ relay", "a=ice-pwd:x", "a=mid:0", "a=sctp-port:5000"];

  test("loses all candidates but those that are relayed, and keeps the rest byte for byte", () => {
    const sdp = lines(
      ...head,
      "m=application 53705 UDP/DTLS/SCTP webrtc-datachannel",
      "c=IN IP4 192.0.2.7",
      ...[HOST, RELAY, MDNS, TCP, REFLEXIVE].map((line) => `a=${line}`),
      ...media,
      "a=end-of-candidates",
    );
    expect(relayedDescription(sdp)).toBe(
      lines(
        ...head,
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "c=IN IP4 0.0.0.0",
        `a=${RELAY}`,
        ...media,
        "a=end-of-candidates",
      ),
    );
  });

  test("does not name the peer's address as a destination, nor as where it comes from", () => {
    const sdp = lines(
      "v=0",
      "o=alice 1 2 IN IP6 2001:db8::7",
      "c=IN IP4 192.0.2.7/127",
      "m=audio 5004 UDP/TLS/RTP/SAVPF 111",
      "c=IN IP6 2001:db8::7",
      "a=rtcp:5005 IN IP4 192.0.2.7",
      "a=rtcp:5005",
      "a=rtcp-mux",
      "m=video 0 UDP/TLS/RTP/SAVPF 96",
    );
    expect(relayedDescription(sdp)).toBe(
      lines(
        "v=0",
        "o=alice 1 2 IN IP6 ::",
        "c=IN IP4 0.0.0.0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP6 ::",
        "a=rtcp:9 IN IP4 0.0.0.0",
        "a=rtcp:9",
        "a=rtcp-mux",
        "m=video 0 UDP/TLS/RTP/SAVPF 96",
      ),
    );
  });

  test.each(["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x85", "\u2028"])("may end its lines with %j", (end) => {
    const sdp = ["v=0", `a=${HOST}`, `A = ${HOST}`, `a=${RELAY}`, "a=x"].join(end);
    expect(relayedDescription(sdp)).toBe(["v=0", `a=${RELAY}`, "a=x"].join(end));
  });

  test("loses the lines that hold nothing but addresses", () => {
    const lines = [
      ...["a=source-filter: incl IN IP4 * 192.0.2.7", "a=altc:1 IP4 192.0.2.7 5000", "a=x-tcp-candidate:1 192.0.2.7"],
      ...["a=remote-candidates:1 192.0.2.7 5000", " A = Source-Filter:incl IN IP4 * 192.0.2.7"],
    ];
    expect(relayedDescription(`v=0\r\n${lines.map((line) => `${line}\r\n`).join("")}a=mid:0\r\n`)).toBe(
      "v=0\r\na=mid:0\r\n",
    );
  });

  test("of a megabyte takes no time to speak of", () => {
    for (const unit of ["\n", " ", "a=", "c=IN IP4 ", "a=candidate:", "o=x ", "typ relay "]) {
      const text = unit.repeat(1_000_000 / unit.length);
      const began = performance.now();
      relayedSignal("description", { sdp: text });
      relayedSignal("candidate", { candidate: `candidate:1 1 udp 1 a 1 typ relay ${text}` });
      expect(performance.now() - began).toBeLessThan(2_000);
    }
  });
});

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
        const once = relayedDescription(all.map((one) => `a=${one}`).join(by));
        expect(relayedDescription(once)).toBe(once);
      }),
    );
  });
});
