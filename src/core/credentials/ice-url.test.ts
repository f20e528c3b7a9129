import { describe, expect, test } from "bun:test";
import { BadIceUrl, parseIceUrl } from "./ice-url.ts";

describe("parseIceUrl", () => {
  test.each([
    ["stun:stun.example.org", "stun", "stun.example.org", 3478, "udp"],
    ["stun:192.0.2.7:19302", "stun", "192.0.2.7", 19302, "udp"],
    ["stuns:example.org", "stuns", "example.org", 5349, "tcp"],
    ["turn:example.org", "turn", "example.org", 3478, "udp"],
    ["turn:example.org:80?transport=tcp", "turn", "example.org", 80, "tcp"],
    ["turn:[2001:db8::1]:3479", "turn", "2001:db8::1", 3479, "udp"],
    ["turn:[::1]?transport=udp", "turn", "::1", 3478, "udp"],
    ["turns:turn-1.example.org", "turns", "turn-1.example.org", 5349, "tcp"],
    ["turns:example.org:443?transport=tcp", "turns", "example.org", 443, "tcp"],
    ["turns:example.org?transport=udp", "turns", "example.org", 5349, "udp"],
    ["TURN:Example.Org:3478?Transport=UDP", "turn", "Example.Org", 3478, "udp"],
    ["  turn:coturn_1  ", "turn", "coturn_1", 3478, "udp"],
  ] as const)("reads %s", (text, scheme, host, port, transport) => {
    expect(parseIceUrl(text)).toEqual({ text: text.trim(), scheme, host, port, transport });
  });

  test.each([
    ["", "must begin with"],
    ["example.org:3478", "must begin with"],
    ["http://example.org", "must begin with"],
    ["turn://example.org", "without //"],
    ["turn:", "the host is missing"],
    ["turn::3478", "the host is missing"],
    ["turn:?transport=udp", "the host is missing"],
    ["turn:user@example.org", "cannot carry a user"],
    ["turn:example.org/path", "no path"],
    ["turn:exa mple.org", "neither a name nor an address"],
    ["turn:256.1.1.1", "neither a name nor an address"],
    ["turn:-bad.example.org", "neither a name nor an address"],
    ["turn:a..example.org", "neither a name nor an address"],
    ["turn:[1.2.3.4]", "no IPv6 address"],
    ["turn:[::1", "IPv6 address"],
    ["turn:2001:db8::1", "IPv6 address stands in brackets"],
    ["turn:example.org:", "port must be"],
    ["turn:example.org:0", "port must be"],
    ["turn:example.org:65536", "port must be"],
    ["turn:example.org:3478x", "port must be"],
    ["turn:example.org?transport=sctp", "transport=udp or transport=tcp"],
    ["turn:example.org?", "transport=udp or transport=tcp"],
    ["stun:example.org?transport=udp", "takes nothing after ?"],
  ])("refuses %j: %s", (text, why) => {
    const read = () => parseIceUrl(text);
    expect(read).toThrow(BadIceUrl);
    expect(read).toThrow(why);
    expect(read).toThrow(JSON.stringify(text));
  });
});
