import { describe, expect, test } from "bun:test";
import { relayedCandidate } from "./relayed-candidate.ts";

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
