import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isRelatedAddress, structuredCandidate } from "./structured-candidate.ts";

const SECRET = "192.0.2.7";

describe("an object is a direct candidate", () => {
  test.each([
    ...[
      "address",
      "ip",
      "ipAddress",
      "addr",
      "connectionAddress",
      "connection-address",
      "host",
      "hostname",
      "where",
    ].map((name) => ({ foundation: "1", [name]: SECRET, port: 5, type: "host" })),
    { foundation: "1", address: { ip: SECRET }, port: 5, type: "host" },
    { foundation: 1, endpoint: `${SECRET}:5`, "cand-type": "srflx" },
    { Foundation: "1", "Connection-Address": SECRET, Port: 5, "Cand-Type": "HOST" },
    { foundation: "1", ip: SECRET, port: 5, protocol: "udp" },
    { foundation: "1", where: SECRET, port: 5, type: 1 },
    { foundation: "1", where: SECRET, port: 5, type: "local" },
  ])("that has a foundation: %j", (one) => expect(structuredCandidate(one)).toBe("direct"));

  test.each([
    { type: "host", address: SECRET },
    { type: "srflx", connectionAddress: SECRET },
    { type: "prflx", port: 5, where: "ann.example" },
    { candidateType: "serverReflexive", ipAddress: SECRET },
    { candidate_type: "peer-reflexive", where: SECRET },
    { "cand-type": "host", where: "ann.example", port: 5 },
    { typ: "host", where: `[2001:db8::7]:5` },
    { typ: "host", where: "2001:db8::7" },
    { typ: "host", where: "1f4712db-ea17-4bcf-a596-105139dfd8bf.local" },
  ])("by its type and what stands beside it: %j", (one) => expect(structuredCandidate(one)).toBe("direct"));

  test.each([
    ...["priority", "protocol", "transport", "component", "component-id", "tcpType"].map((name) => ({ [name]: 1 })),
    ...[SECRET, `${SECRET}:5`, "2001:db8::7", "[fe80::1%eth0]:5", "ann.local"].map((where) => ({ where })),
    ...[{ host: "ann.example" }, { hostname: "ann.example" }, { address: { ip: SECRET } }],
  ])("that says `type: host` beside a port and %j", (more) => {
    expect(structuredCandidate({ type: "host", port: 5, ...more })).toBe("direct");
  });

  test("whatever its address is called, and whatever way its members are written", () => {
    const spelling = fc.constantFrom(
      (words: readonly string[]) => words.join("-"),
      (words: readonly string[]) => words.join("_").toUpperCase(),
      (words: readonly string[]) =>
        words.map((word, at) => (at === 0 ? word : word[0]!.toUpperCase() + word.slice(1))).join(""),
    );
    const type = fc.tuple(
      fc.constantFrom(["type"], ["typ"], ["cand", "type"], ["candidate", "type"]),
      fc.constantFrom("host", "srflx", "prflx", "Host", "server-reflexive"),
    );
    const name = fc.string().filter((one) => !/^[-_\s]*(?:cand(?:idate)?[-_\s]*)?typ?e?[-_\s]*$/i.test(one));
    fc.assert(
      fc.property(name, type, spelling, fc.boolean(), (called, [typeName, word], spell, isFounded) => {
        const beside = isFounded ? { [spell(["foundation"])]: "1" } : { [spell(["port"])]: 5 };
        const one = { ...beside, [called]: SECRET, [spell(typeName)]: word };
        expect(structuredCandidate(one)).toBe("direct");
      }),
    );
  });
});

describe("an object is a relayed candidate", () => {
  test.each([
    { type: "relay", address: "198.51.100.4", port: 5 },
    { foundation: "1", connectionAddress: "198.51.100.4", port: 5, type: "relay" },
    { foundation: "1", where: "198.51.100.4", port: 5, "cand-type": "relay" },
    { candidateType: "relayed", where: "198.51.100.4", port: 5 },
  ])("%j", (one) => expect(structuredCandidate(one)).toBe("relayed"));

  test("only if nothing of it says that it is not", () => {
    expect(structuredCandidate({ foundation: "1", ip: SECRET, type: "relay", candidateType: "host" })).toBe("direct");
    expect(structuredCandidate({ foundation: "1", ip: SECRET, type: "relay", Type: "host" })).toBe("direct");
  });
});

describe("an object is no candidate", () => {
  test.each([
    {},
    { type: "host" },
    { type: "host", port: 7_777 },
    { type: "host", port: 7_777, name: "Ann's game", players: 4, map: "dust" },
    { type: "host", hostname: "ann.example", version: "1.0.0.0" },
    { type: "host", port: 7_777, version: "1.0", at: "12:30:45", since: "2026-01-02T03:04:05.678Z" },
    { type: "relay", to: "ann", port: 5 },
    { role: "host", address: SECRET, port: 5 },
    { type: "join", address: "12 Main Street", port: 5, priority: 1 },
    { type: "build", foundation: { x: 1, y: 2 }, material: "stone" },
    { foundation: null, component: null, type: null, port: null },
    { foundation: "", type: "host", address: "", port: null, priority: 1 },
    { localCandidateType: "host", roundTripTime: 0.1 },
    { candidateType: "host" },
  ])("%j", (one) => expect(structuredCandidate(one)).toBe("none"));

  test("where a line of its own says of which type it is", () => {
    const line = "candidate:5 1 udp 41885439 198.51.100.4 61234 typ relay";
    expect(structuredCandidate({ candidate: line, foundation: "5", port: 61_234, priority: 1 })).toBe("none");
    expect(structuredCandidate({ candidate: line, foundation: "5", address: SECRET })).toBe("direct");
  });
});

test("the address behind a candidate may be named in many ways", () => {
  const names = ["relatedAddress", "related_port", "raddr", "rport", "rel-addr", "rel-port", "RelatedIP"];
  expect(names.filter((name) => !isRelatedAddress(name))).toEqual([]);
  expect(["address", "port", "related", "rel", "relay"].filter(isRelatedAddress)).toEqual([]);
});
