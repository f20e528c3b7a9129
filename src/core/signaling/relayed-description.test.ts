import { describe, expect, test } from "bun:test";
import { MAX_LINES, relayedDescription } from "./relayed-description.ts";

const HOST = "candidate:1 1 udp 2113937151 192.0.2.7 53705 typ host";
const REFLEXIVE = "candidate:2 1 udp 1677729535 203.0.113.9 53705 typ srflx raddr 192.0.2.7 rport 53705";
const MDNS = "candidate:3 1 udp 2113937151 1f4712db-ea17-4bcf-a596-105139dfd8bf.local 54596 typ host generation 0";
const TCP = "candidate:4 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active";
const RELAY = "candidate:5 1 udp 41885439 198.51.100.4 61234 typ relay raddr 0.0.0.0 rport 9";

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

  test("has blanks and ends of lines wherever a reader may see them, and nowhere else", () => {
    // oxlint-disable-next-line no-control-regex -- these are the ends of lines that readers of text know
    const ends = /^[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]$/;
    for (let code = 0; code < 0x1_00_00; code++) {
      const one = String.fromCharCode(code);
      const [isEnd, isBlank] = [ends.test(one), /\s/.test(one)];
      const behind = relayedDescription(`v=0${one}a=${HOST}`);
      expect([code, behind]).toEqual([code, isEnd ? `v=0${one}` : `v=0${one}a=${HOST}`]);
      const within = `c${one}=IN IP4 192.0.2.7`;
      expect([code, relayedDescription(within)]).toEqual([
        code,
        isBlank && !isEnd ? within.replace("192.0.2.7", "0.0.0.0") : within,
      ]);
    }
  });

  test.each(["\r\n", "\n", "\r", "\n\r", "\u2029"])("keeps its empty lines, ended with %j", (end) => {
    const sdp = [end, "v=0", end, end, `a=${HOST}`, end, end, "c=IN IP4 192.0.2.7", end, "x", end, end];
    const left = [end, "v=0", end, end, end === "\n\r" ? "\r" : "", end, "c=IN IP4 0.0.0.0", end, "x", end, end];
    expect(relayedDescription(sdp.join(""))).toBe(left.join(""));
  });

  test("of a call of hundreds passes, one with more addresses than anybody has does not", () => {
    const media = (at: number) => [
      ...[`m=video ${at} UDP/TLS/RTP/SAVPF 96`, "c=IN IP4 192.0.2.7", "a=rtcp:5005 IN IP4 192.0.2.7", `a=${RELAY}`],
      ...Array.from({ length: 20 }, (_, codec) => `a=rtcp-fb:${codec} transport-cc`),
      ...["a=rtpmap:96 VP8/90000", "a=ssrc:1 cname:x", "a=setup:actpass", "a=candidature", "candid talk", "a=rtcp-mux"],
    ];
    const call = (of: number) => lines(...Array.from({ length: of }, (_, at) => media(at + 1)).flat());
    const left = { lines: MAX_LINES };
    expect(relayedDescription(call(1_000), left)).toStartWith(
      lines("m=video 9 UDP/TLS/RTP/SAVPF 96", "c=IN IP4 0.0.0.0"),
    );
    expect(left.lines).toBe(MAX_LINES - 4_000);
    expect(relayedDescription(call(1_024))).not.toBeNull();
    expect(relayedDescription(`${call(1_024)}a=${HOST}`)).toBeNull();
  });
});
